"""Floor 5: everything that reads what operators wrote, and says in plain words what is wrong with it.

A file is bytes, then text, then a tree with places, then a shape, then values of the domain; each step is a
module. Only `yaml_source` knows PyYAML, and pydantic never leaves this package.
"""
