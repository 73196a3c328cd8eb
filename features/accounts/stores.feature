@resilience
Feature: Stores that go away
  A store may be gone for a while. The service then says so at once, does what it can without it, and is itself
  again as soon as the store is back. Nobody restarts anything.

  Background:
    Given the accounts system is running
    And "Ann" has signed up with "ann@example.com"

  @errors
  Scenario Outline: Nobody can sign up while the database is <broken>
    Given the database has been <broken>
    When "Bob" signs up with "bob@example.com"
    Then it answers 503 with:
      """json
      {"error": "unavailable", "detail": "the database does not answer, try again later", "stores": {"database": "down"}}
      """
    And the answer comes within 3 seconds
    And the answer has the header "Retry-After" with "1"

    Examples:
      | broken  |
      | stopped |
      | paused  |

  Scenario: The database comes back from a stop, with everything in it
    Given the database has been stopped
    When the database starts again
    Then the api becomes healthy within 10 seconds
    When "Bob" signs up with "bob@example.com"
    Then the table "users" holds exactly:
      | name | email           |
      | Ann  | ann@example.com |
      | Bob  | bob@example.com |

  Scenario: The database comes back from a crash, with everything in it
    Given the database has been killed
    When the database starts again
    Then the api becomes healthy within 10 seconds
    And the account of "Ann" shows "Ann" and "ann@example.com"

  Scenario: The database thaws
    Given the database has been paused
    When "Bob" signs up with "bob@example.com"
    And the database is resumed
    Then the api becomes healthy within 10 seconds
    When "Cid" signs up with "cid@example.com"
    Then the table "users" holds:
      | name | email           |
      | Ann  | ann@example.com |
      | Cid  | cid@example.com |

  Scenario: What is in the cache can be read without the database
    Given the account of "Ann" has been read
    And the database has been stopped
    When the account of "Ann" is read
    Then it comes from the cache

  Scenario Outline: Accounts can be read while the cache is <broken>
    Given the cache has been <broken>
    When the account of "Ann" is read
    Then it comes from the database, past the cache
    And the answer comes within 3 seconds

    Examples:
      | broken  |
      | stopped |
      | paused  |

  Scenario: A change while the cache is gone is not lost
    Given the account of "Ann" has been read
    And the cache has been stopped
    When "Ann" changes the name to "Ann Bonny"
    And the cache starts again
    Then the account of "Ann" shows "Ann Bonny" and "ann@example.com"

  Scenario: A cache that is back is used again
    Given the cache has been stopped
    When the cache starts again
    Then the api becomes healthy within 10 seconds
    When the account of "Ann" is read
    Then it comes from the database
    When the account of "Ann" is read
    Then it comes from the cache

  @errors
  Scenario: Nobody can sign in while the cache is gone
    Given the cache has been stopped
    When somebody signs in as "ann@example.com" with the password "correct horse"
    Then it answers 503 with:
      """json
      {"error": "unavailable", "detail": "the cache does not answer, try again later", "stores": {"cache": "down"}}
      """

  @errors
  Scenario: No export without the lock that keeps it alone
    Given the cache has been stopped
    When an export is started
    Then it answers 503 with:
      """json
      {"error": "unavailable", "detail": "the cache does not answer, try again later"}
      """
    And the table "exports" is empty

  @slow
  Scenario: An export survives a short absence of the cache
    Given an export is running
    And the cache has been paused
    When the cache is resumed
    Then the export is done within 10 seconds
