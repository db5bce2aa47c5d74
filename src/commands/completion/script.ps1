# Completion of carrierx for PowerShell 5 and newer.
Register-ArgumentCompleter -Native -CommandName carrierx -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Nothing that was typed is evaluated: a constant word is its value, everything else the text of it.
    $words = @(foreach ($element in $commandAst.CommandElements) {
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $element.Value
        } else {
            $element.Extent.Text
        }
    })
    # The last one is what is being typed, unless that is yet empty.
    $index = if ($wordToComplete -eq '') { $words.Count } else { $words.Count - 1 }

    $saved = $env:CARRIERX_COMPLETE, $env:_CLAP_COMPLETE_INDEX
    $env:CARRIERX_COMPLETE, $env:_CLAP_COMPLETE_INDEX = 'powershell', $index
    try {
        $answer = & carrierx -- @words 2>$null
    } finally {
        $env:CARRIERX_COMPLETE, $env:_CLAP_COMPLETE_INDEX = $saved
    }

    foreach ($line in $answer) {
        $value, $help = $line.Split("`t", 2)
        if (-not $help) { $help = $value }
        # What is not one plain word is inserted within quotes, which keep everything as it is.
        $inserted = $value
        if ($value -notmatch '^[\w./:\\=+-]+$') {
            $inserted = "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($value) + "'"
        }
        [System.Management.Automation.CompletionResult]::new($inserted, $value, 'ParameterValue', $help)
    }
}
