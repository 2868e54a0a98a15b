"""Whether the documentation goes out with the launch: the rules, the verdict, and the note.

Pure, like all of the domain; who reads merge requests and who writes the note is elsewhere.
"""
