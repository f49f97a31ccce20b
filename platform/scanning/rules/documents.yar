// Documents that run something when they are opened. `hold`: a person decides; `reject`: nobody needs this.

rule pdf_runs_script
{
    meta:
        words = "a PDF that runs a script when it is opened"
        verdict = "hold"
    strings:
        $pdf = "%PDF-"
        $script = /\/(JavaScript|JS)[\s\/(<]/
        $opening = /\/(OpenAction|AA)[\s\/<\[]/
    condition:
        $pdf in (0..1024) and $script and $opening
}

rule pdf_starts_program
{
    meta:
        words = "a PDF that starts a program"
        verdict = "reject"
    strings:
        $pdf = "%PDF-"
        $launch = /\/S\s{0,8}\/Launch\b/
    condition:
        $pdf in (0..1024) and $launch
}

rule pdf_holds_program
{
    meta:
        words = "a PDF with a program attached"
        verdict = "reject"
    strings:
        $pdf = "%PDF-"
        $attached = /\/(UF|F)\s{0,8}\([^)]{1,200}\.(exe|scr|com|bat|cmd|ps1|vbs|hta|lnk)\)/ nocase
    condition:
        $pdf in (0..1024) and $attached
}

rule rtf_pulls_in_object
{
    meta:
        words = "an RTF text that pulls in an object by itself"
        verdict = "reject"
    strings:
        $rtf = "{\\rt"
        $object = "\\objupdate" nocase
        $link = /\\objdata\s{0,16}01050000/ nocase
    condition:
        $rtf at 0 and ($object or $link)
}

rule office_fetches_template
{
    meta:
        words = "a document that fetches its template from elsewhere"
        verdict = "hold"
    strings:
        $template = /attachedTemplate"[^>]{0,200}Target="https?:/ nocase
        $external = "TargetMode=\"External\"" nocase
    condition:
        $template and $external
}
