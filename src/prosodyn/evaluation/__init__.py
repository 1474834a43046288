"""Judge answers: protocols, scores, intervals, reports. This room sees labels and ids, never models.

splits -> (train and predict elsewhere) -> Outcome -> gather -> Answers -> score -> ResultFile -> write_report
"""
