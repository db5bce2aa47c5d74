complete --keep-order --exclusive --command carrierx --arguments "(CARRIERX_COMPLETE=fish carrierx -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
