Feature: Reading and changing accounts
  An account is read far more often than it is changed, so copies of it are kept for a short time.
  Nobody ever sees an old name after a change.

  Background:
    Given the accounts system is running
    And "Ann" has signed up with "ann@example.com"

  @smoke
  Scenario: The second reader is served from the cache
    When the account of "Ann" is read
    Then it comes from the database
    When the account of "Ann" is read
    Then it comes from the cache

  Scenario: A new name is seen at once
    Given the account of "Ann" has been read
    When "Ann" changes the name to "Ann Bonny"
    Then the account of "Ann" shows "Ann Bonny" and "ann@example.com"
    And the table "users" holds exactly:
      | name      | email           |
      | Ann Bonny | ann@example.com |

  Scenario: A change replaces the cached copy
    Given the account of "Ann" has been read
    When "Ann" changes the name to "Ann Bonny"
    And the account of "Ann" is read
    Then it comes from the database
    When the account of "Ann" is read
    Then it comes from the cache

  @slow
  Scenario: A cached copy does not live for long
    Given the account of "Ann" has been read
    Then the cached copy of "Ann" is gone within 4 seconds
    When the account of "Ann" is read
    Then it comes from the database

  Scenario: A new e-mail address is the one to sign in with
    When "Ann" changes the e-mail address to "ann@bonny.example"
    And "Ann" signs in as "ann@bonny.example"
    Then "Ann" is recognised
    But nobody can sign in as "ann@example.com"

  Scenario: A deleted account is gone at once
    Given the account of "Ann" has been read
    When the account of "Ann" is deleted
    Then the account of "Ann" cannot be found
    And the table "users" is empty

  Scenario: The e-mail address of a deleted account is free again
    Given the account of "Ann" has been deleted
    When "Anna" signs up with "ann@example.com"
    Then the table "users" holds exactly:
      | name | email           |
      | Anna | ann@example.com |

  @errors
  Scenario: A change cannot take somebody else's e-mail address
    Given "Bob" has signed up with "bob@example.com"
    When "Bob" changes the e-mail address to "Ann@Example.com"
    Then it answers 409 with:
      """json
      {"error": "email_taken", "detail": "another account has the e-mail address Ann@Example.com"}
      """
    And the account of "Bob" shows "Bob" and "bob@example.com"

  @errors
  Scenario Outline: A change cannot make the <field> "<value>"
    When "Ann" changes the <field> to "<value>"
    Then it answers 422 with:
      """json
      {"error": "invalid", "fields": {"<key>": "<reason>"}}
      """
    And the account of "Ann" shows "Ann" and "ann@example.com"

    Examples:
      | field          | key   | value | reason                                  |
      | name           | name  |       | string should have at least 1 character |
      | e-mail address | email | Ann   | must be an e-mail address               |

  @errors
  Scenario Outline: An account that does not exist cannot be <done>
    When an account that does not exist is <done>
    Then it answers 404 with:
      """json
      {"error": "not_found", "detail": "#match there is no account"}
      """
    And the table "users" holds 1 row

    Examples:
      | done    |
      | read    |
      | changed |
      | deleted |
