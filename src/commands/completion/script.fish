# Completion of carrierx for fish.
complete --keep-order --exclusive --command carrierx --arguments "(CARRIERX_COMPLETE=fish carrierx -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token) 2>/dev/null)"
