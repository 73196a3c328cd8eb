Feature: Exporting all accounts
  Accounting needs all accounts as a file. That takes a while, and two exports at the same time would
  slow everybody down, so there is one at a time, and never one that hangs for ever.

  Background:
    Given the accounts system is running
    And these people have signed up:
      | name | email           |
      | Ann  | ann@example.com |
      | Bob  | bob@example.com |

  @smoke @slow
  Scenario: An export holds every account
    When an export is started
    Then the export is done within 10 seconds
    And the export holds:
      | name | email           |
      | Ann  | ann@example.com |
      | Bob  | bob@example.com |

  @errors
  Scenario: One at a time
    Given an export is running
    When an export is started
    Then it answers 409 with:
      """json
      {"error": "export_running", "detail": "an export is running, wait until it has finished"}
      """
    And the table "exports" holds 1 row

  @slow
  Scenario: A long export stays alone until it is done
    Given an export is running
    Then no other export can be started before it is done
    And the export has outlasted its lock

  @slow
  Scenario: One after the other
    Given an export is running
    Then the export is done within 10 seconds
    And another export can be started

  @errors
  Scenario: An export cannot be fetched before it is done
    Given an export is running
    When the export is fetched
    Then it answers 409 with:
      """json
      {"error": "export_not_done", "detail": "the export is running"}
      """

  @errors
  Scenario: An export that nobody started
    When an export that does not exist is looked up
    Then it answers 404 with:
      """json
      {"error": "not_found", "detail": "#match there is no export"}
      """

  @resilience @slow
  Scenario: The service crashes during an export
    Given an export is running
    When the api is killed
    And the api starts again
    Then the export is reported as failed within 5 seconds
    And another export can be started

  @resilience
  Scenario: The service is shut down during an export
    Given an export is running
    When the api stops
    Then the table "exports" holds exactly:
      | status | reason                  |
      | failed | the service was stopped |
    When the api starts again
    Then another export can be started

  @resilience
  Scenario: An export that loses its lock stops by itself
    Given an export is running
    When the export loses its lock
    Then the export stops by itself within 5 seconds
    And the table "exports" holds exactly:
      | status | reason            |
      | failed | its lock was lost |
    And another export can be started

  @resilience
  Scenario: A crashed export does not need somebody to look at it
    Given an export is running
    When the api is killed
    And the api starts again
    Then another export can be started within 5 seconds
    And the table "exports" holds:
      | status | reason                           |
      | failed | its process gave no sign of life |
