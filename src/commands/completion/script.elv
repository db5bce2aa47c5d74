# Completion of carrierx for elvish.
set edit:completion:arg-completer[carrierx] = { |@words|
    var index = (- (count $words) 1)
    put (env _CLAP_COMPLETE_INDEX=(to-string $index) CARRIERX_COMPLETE=elvish carrierx -- $@words) | to-lines
}
