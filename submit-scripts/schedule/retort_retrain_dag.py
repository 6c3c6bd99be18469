"""Retrains a model every night. For Airflow 2.4 or later; copy it into the dags folder and change the three paths."""

import subprocess
from datetime import datetime, timedelta

from airflow.decorators import dag, task
from airflow.exceptions import AirflowException, AirflowFailException, AirflowSkipException

RETORT = "/opt/retort/submit-scripts/retort"
RECIPE = "/etc/retort/retrain.conf"
ROOT = "hdfs:///retort"

PROMOTED, FAILED, BAD_CONFIGURATION, NOTHING_TO_DO, REFUSED, LOCKED = range(6)


@dag(
    schedule="17 2 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
)
def retort_retrain():
    @task(execution_timeout=timedelta(hours=8))
    def retrain():
        code = subprocess.run([RETORT, "retrain", RECIPE, "--root", ROOT], check=False).returncode
        if code == NOTHING_TO_DO:
            raise AirflowSkipException("nothing has changed since the last decision")
        if code == REFUSED:
            raise AirflowFailException("the challenger was refused; the champion stays")  # not tried again
        if code == BAD_CONFIGURATION:
            raise AirflowFailException("the recipe is wrong; the log says where")
        if code == LOCKED:
            raise AirflowException("another start is retraining the model")  # tried again later
        if code != PROMOTED:
            raise AirflowException(f"failed with exit code {code}; it goes on where it stopped")

    retrain()


retort_retrain()
