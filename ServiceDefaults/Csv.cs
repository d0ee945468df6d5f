using System.Text;

namespace ServiceDefaults;

/// <summary>Lines of CSV (RFC 4180) that people open in spreadsheets.</summary>
public static class Csv
{
    /// <summary>The mark by which spreadsheets know UTF-8; before the first line.</summary>
    public const string Mark = "\uFEFF";

    public static string Line(params ReadOnlySpan<string?> fields)
    {
        var line = new StringBuilder();
        foreach (var field in fields)
        {
            // A spreadsheet would calculate what begins like a formula.
            var text = field is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + field : field;
            line.Append(line.Length == 0 ? "" : ",").Append('"').Append(text?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }
}
