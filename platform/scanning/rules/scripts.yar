// Programs and scripts that have no reason to come in as a document, picture or table.

rule web_shell
{
    meta:
        words = "a script that takes over a web server"
        verdict = "reject"
    strings:
        $php = "<?php" nocase
        $runs = /(eval|assert|system|passthru|shell_exec|popen|proc_open)\s{0,8}\(\s{0,8}(base64_decode\s{0,8}\(\s{0,8})?(@?\$_(GET|POST|REQUEST|COOKIE|SERVER)|gzinflate)/ nocase
    condition:
        $php and $runs
}

rule hidden_powershell
{
    meta:
        words = "a hidden PowerShell command"
        verdict = "reject"
    strings:
        $encoded = /powershell(\.exe)?[^\r\n]{0,120}-(e|ec|enc|encodedcommand)\s{1,8}[A-Za-z0-9+\/=]{40}/ nocase
        $download = /powershell(\.exe)?[^\r\n]{0,200}(downloadstring|downloadfile|invoke-webrequest)[^\r\n]{0,200}(iex|invoke-expression|start-process)/ nocase
        $download_first = /(iex|invoke-expression)[^\r\n]{0,80}(downloadstring|downloadfile)/ nocase
    condition:
        any of them
}

rule windows_shortcut
{
    meta:
        words = "a Windows shortcut"
        verdict = "reject"
    strings:
        $header = { 4C 00 00 00 01 14 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
    condition:
        $header at 0
}

rule html_application
{
    meta:
        words = "a web page that runs as a program"
        verdict = "reject"
    strings:
        $application = /<hta:application/ nocase
        $shell = /(activexobject|createobject)\s{0,8}\(\s{0,8}["']wscript\.shell/ nocase
    condition:
        $application or $shell
}

rule program_in_text
{
    meta:
        words = "a Windows program spelled in Base64"
        verdict = "hold"
    strings:
        $program = /TV(qQAAMAAAAEAAAA|pQAAIAAAAEAA8A|oAAAAAAAAAAAAAA)[A-Za-z0-9+\/\r\n]{200}/
    condition:
        $program
}
