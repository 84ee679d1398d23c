#!/usr/bin/env python3
"""Writes the generated parts of the documents.

  write_pages.py NPUTWIN            rewrites them
  write_pages.py NPUTWIN --check    says which pages are stale, changes none, and exits with 1 where one is

Either names what no generator can write, such as a page that is missing. What a generator is: tools/pages.py.
"""
import glob
import os
import sys

import arithmetic_pages
import captures_page
import directed_page
import ops_page
import pages
import parameters_page
import performance_page

GENERATORS = [arithmetic_pages, captures_page, directed_page, ops_page, parameters_page, performance_page]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool, check = sys.argv[1], "--check" in sys.argv
    problems, stale = arithmetic_pages.problems(tool), []
    for generator in GENERATORS:
        kinds = generator.kinds_of(tool)
        for pattern in generator.PAGES:
            paths = sorted(glob.glob(os.path.join(pages.ROOT, pattern), recursive=True))
            stale += [os.path.relpath(path, pages.ROOT) for path in paths if pages.stale(path, kinds, check)]
    print("\n".join(problems + ["%s %s" % (page, "is stale" if check else "was stale") for page in stale])
          or "all pages are as the sources say")
    sys.exit(1 if problems or check and stale else 0)


main()
