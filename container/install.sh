#!/bin/sh
# Install the service from a checkout: install.sh CHECKOUT ENVIRONMENT. What the container holds, and no more.
set -eu
checkout=$1
environment=$2
"${PYTHON:-python3}" -m venv "$environment"
"$environment/bin/python" -m pip install --no-cache-dir --quiet "$checkout[serve,media]"
cp "$checkout/container/health.py" "$environment/health.py"
# whoever runs it may not write there: what is compiled now is not compiled at every start
"$environment/bin/python" -m compileall -q "$environment/lib" > /dev/null || true
