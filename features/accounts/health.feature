Feature: Health
  Operations see at a glance whether the service can work, and if not, whose fault it is.

  Background:
    Given the accounts system is running

  @smoke
  Scenario: All is well
    When operations ask for the health
    Then the health says that all is well

  @resilience
  Scenario Outline: The <store> has been <broken>
    Given the <store> has been <broken>
    When operations ask for the health
    Then it answers 503 with:
      """json
      {
        "error": "unavailable",
        "detail": "the <store> does not answer",
        "stores": {"database": "<database>", "cache": "<cache>"}
      }
      """
    And the answer comes within 3 seconds

    Examples:
      | store    | broken  | database | cache |
      | database | stopped | down     | up    |
      | database | paused  | down     | up    |
      | cache    | stopped | up       | down  |
      | cache    | paused  | up       | down  |

  @resilience
  Scenario: Both stores are gone
    Given the database has been stopped
    And the cache has been stopped
    When operations ask for the health
    Then it answers 503 with:
      """json
      {
        "error": "unavailable",
        "detail": "the database and the cache do not answer",
        "stores": {"database": "down", "cache": "down"}
      }
      """
