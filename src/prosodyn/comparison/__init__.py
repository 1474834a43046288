"""The classical systems that the seed paper names, and openSMILE with an SVM as outside peers.

Each is fitted by scikit-learn or hmmlearn, stored as plain arrays, and answers from them in numpy.
"""
