Feature: Listing accounts
  Support looks through all accounts, page by page, in the order in which people signed up.

  Background:
    Given the accounts system is running

  @smoke
  Scenario: All accounts, oldest first
    Given these people have signed up:
      | name | email           |
      | Bob  | bob@example.com |
      | Ann  | ann@example.com |
    When the accounts are listed
    Then the list shows 2 of 2 accounts:
      | name | email           |
      | Bob  | bob@example.com |
      | Ann  | ann@example.com |

  Scenario: Nobody has signed up
    When the accounts are listed
    Then the list shows nobody

  Scenario: A list does not show what is secret
    Given "Ann" has signed up with "ann@example.com"
    When the accounts are listed
    Then the list says nothing about passwords

  Scenario Outline: <limit> accounts after the first <offset>
    Given these people have signed up:
      | name | email           |
      | Ann  | ann@example.com |
      | Bob  | bob@example.com |
      | Cid  | cid@example.com |
      | Dan  | dan@example.com |
      | Eve  | eve@example.com |
    When <limit> accounts are listed after the first <offset>
    Then the list shows "<names>" of 5 accounts

    Examples:
      | limit | offset | names         |
      | 2     | 0      | Ann, Bob      |
      | 2     | 2      | Cid, Dan      |
      | 2     | 4      | Eve           |
      | 2     | 5      |               |
      | 3     | 1      | Bob, Cid, Dan |

  @errors
  Scenario Outline: A page cannot have the <setting> "<value>"
    When the accounts are listed with the <setting> "<value>"
    Then it answers 422 with:
      """json
      {"error": "invalid", "fields": {"<setting>": "<reason>"}}
      """

    Examples:
      | setting | value | reason                                                                |
      | limit   | 0     | input should be greater than or equal to 1                            |
      | limit   | 101   | input should be less than or equal to 100                             |
      | limit   | ten   | input should be a valid integer, unable to parse string as an integer |
      | offset  | -1    | input should be greater than or equal to 0                            |
