"""`PYTHON -u …/portico_worker/__main__.py`: starts the zygote.

The package is registered by hand, so that neither it nor its folder is ever on the application's `sys.path`, where a
`wsgi.py` or `lanes.py` of ours could be taken for one of theirs.
"""

import os
import sys

if __name__ == '__main__':
    folder = os.path.dirname(os.path.abspath(__file__))
    # Python puts the folder of a script there, unless it is told not to (-P).
    if sys.path and os.path.realpath(sys.path[0]) == os.path.realpath(folder):
        del sys.path[0]
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location('portico_worker', f'{folder}/__init__.py', submodule_search_locations=[folder])
    assert spec is not None
    assert spec.loader is not None
    package = module_from_spec(spec)
    sys.modules['portico_worker'] = package
    spec.loader.exec_module(package)

    from portico_worker.zygote import main

    main()
