"""What was received beside what a feature says: documents, tables, and markers for what nobody can know.

`dirty-equals` has the markers, as Python objects, but only says whether the whole is equal. `DeepDiff` finds
every difference with its path, but knows no markers and takes extra fields for differences. What would have to
go around either is as long as this, so neither is used.
"""
