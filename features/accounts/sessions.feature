Feature: Signing in and out
  Who signs in is recognised for a while, until signing out or until the session has run out.

  Background:
    Given the accounts system is running
    And "Ann" has signed up with "ann@example.com"

  @smoke
  Scenario: Signing in
    When "Ann" signs in
    Then "Ann" is recognised

  Scenario: The e-mail address may be written in capitals
    When "Ann" signs in as "ANN@Example.com"
    Then "Ann" is recognised

  Scenario: Signing out
    Given "Ann" has signed in
    When "Ann" signs out
    Then "Ann" is not recognised
    And the cache holds no key "session:*"

  Scenario: Everybody is recognised as themselves
    Given "Bob" has signed up with "bob@example.com"
    And "Ann" has signed in
    And "Bob" has signed in
    When "Ann" signs out
    Then "Bob" is recognised
    But "Ann" is not recognised

  @slow
  Scenario: A session runs out by itself
    Given "Ann" has signed in
    Then "Ann" is no longer recognised within 6 seconds
    And the cache holds no key "session:*"

  Scenario: Who reads the cache cannot sign in with what is there
    When "Ann" signs in
    Then the token of "Ann" is nowhere in the cache
    But "Ann" is recognised

  Scenario: A deleted account is signed out
    Given "Ann" has signed in
    When the account of "Ann" is deleted
    Then "Ann" is not recognised

  @errors
  Scenario Outline: The answer does not tell what was wrong: <who> with "<password>"
    When somebody signs in as "<who>" with the password "<password>"
    Then it answers 401 with:
      """json
      {"error": "unauthorized", "detail": "the e-mail address or the password is wrong"}
      """
    And the cache holds no key "session:*"

    Examples:
      | who             | password      |
      | ann@example.com | wrong         |
      | ann@example.com | CORRECT HORSE |
      | eve@example.com | correct horse |

  @errors
  Scenario Outline: A sign-in needs the <field>
    When somebody signs in without the <field>
    Then it answers 422 with:
      """json
      {"error": "invalid", "fields": {"<field>": "field required"}}
      """

    Examples:
      | field    |
      | email    |
      | password |

  @errors
  Scenario: An invented token is not recognised
    Given "Ann" has signed in
    When somebody shows the token "let-me-in"
    Then it answers 401 with:
      """json
      {"error": "unauthorized", "detail": "sign in first: the token is missing, wrong or expired"}
      """

  @errors
  Scenario: A token is needed
    When somebody shows no token
    Then it answers 401 with:
      """json
      {"error": "unauthorized", "detail": "sign in first: the token is missing, wrong or expired"}
      """
