"""Reads a list of jobs from standard input, runs each and answers with what went wrong: [{ error }]."""

import json
import sys


def answer(run):
    answers = []
    for job in json.load(sys.stdin):
        try:
            run(job)
            answers.append({"error": None})
        except Exception as error:  # What an engine says is the answer.
            answers.append({"error": str(error)})
    json.dump(answers, sys.stdout)
