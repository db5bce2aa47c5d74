
set edit:completion:arg-completer[carrierx] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) CARRIERX_COMPLETE="elvish" carrierx -- $@words) | to-lines
}

