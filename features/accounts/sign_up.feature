Feature: Signing up
  People open an account with a name, an e-mail address and a password that only they know.

  Background:
    Given the accounts system is running

  @smoke
  Scenario: A new account
    When "Ann" signs up with "ann@example.com"
    Then the account of "Ann" shows "Ann" and "ann@example.com"
    And the table "users" holds exactly:
      | name | email           |
      | Ann  | ann@example.com |

  Scenario: The password is a secret
    When "Ann" signs up with "ann@example.com" and the password "tall ships 1914"
    Then the password "tall ships 1914" is nowhere in the database
    But "Ann" can sign in with the password "tall ships 1914"

  Scenario: Equal passwords do not look equal
    When "Ann" signs up with "ann@example.com" and the password "tall ships 1914"
    And "Bob" signs up with "bob@example.com" and the password "tall ships 1914"
    Then the table "users" holds 2 rows
    And no two passwords in the database look the same

  Scenario: Two people may have the same name
    Given "Ann" has signed up with "ann@example.com"
    When "Ann" signs up with "ann@example.org"
    Then the table "users" holds exactly:
      | name | email           |
      | Ann  | ann@example.com |
      | Ann  | ann@example.org |

  @errors
  Scenario Outline: An e-mail address has one account, however it is written: <address>
    Given "Ann" has signed up with "ann@example.com"
    When "Eve" signs up with "<address>"
    Then it answers 409 with:
      """json
      {"error": "email_taken", "detail": "another account has the e-mail address <address>"}
      """
    And the table "users" holds exactly:
      | name | email           |
      | Ann  | ann@example.com |

    Examples:
      | address         |
      | ann@example.com |
      | Ann@example.com |
      | ANN@EXAMPLE.COM |

  @errors
  Scenario Outline: The <field> cannot be "<value>"
    When someone signs up with the <field> "<value>"
    Then it answers 422 with:
      """json
      {"error": "invalid", "detail": "<field>: <reason>", "fields": {"<field>": "<reason>"}}
      """
    And the table "users" is empty

    Examples:
      | field    | value            | reason                                   |
      | name     |                  | string should have at least 1 character  |
      | email    |                  | must be an e-mail address                |
      | email    | ann              | must be an e-mail address                |
      | email    | ann@example      | must be an e-mail address                |
      | email    | ann@@example.com | must be an e-mail address                |
      | email    | an n@example.com | must be an e-mail address                |
      | password | short            | string should have at least 8 characters |
      | nickname | Annie            | extra inputs are not permitted           |

  @errors
  Scenario Outline: The <field> cannot have <length> letters
    When someone signs up with a <field> of <length> letters
    Then it answers 422 with:
      """json
      {"error": "invalid", "fields": {"<field>": "string should have at most <most> characters"}}
      """
    And the table "users" is empty

    Examples:
      | field    | length | most |
      | name     | 101    | 100  |
      | email    | 255    | 254  |
      | password | 129    | 128  |

  @errors
  Scenario Outline: The <field> cannot be left out
    When someone signs up without the <field>
    Then it answers 422 with:
      """json
      {"error": "invalid", "detail": "<field>: field required", "fields": {"<field>": "field required"}}
      """
    And the table "users" is empty

    Examples:
      | field    |
      | name     |
      | email    |
      | password |

  @errors
  Scenario: Every mistake is named at once
    When someone signs up with nothing filled in
    Then it answers 422 with:
      """json
      {
        "error": "invalid",
        "detail": "#any",
        "fields": {"name": "field required", "email": "field required", "password": "field required"}
      }
      """
