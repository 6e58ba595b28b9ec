#!/bin/sh
# Whether the committed man pages and completions are what the option tables say.
if tests/generate.sh --check; then
    echo "1 passed, 0 failed"
else
    echo "0 passed, 1 failed"
    exit 1
fi
