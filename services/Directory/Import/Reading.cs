using System.Globalization;
using System.Text.RegularExpressions;

namespace Directory.Import;

/// <summary>Reads the cells of a row as the endpoints read the fields of a request: by the same spelling.</summary>
internal static partial class Reading
{
    /// <summary>ISO, and as Indonesians write a day: day, month, year.</summary>
    private static readonly string[] Days = ["yyyy-MM-dd", "d/M/yyyy", "d-M-yyyy", "d.M.yyyy"];

    private static readonly DateOnly Earliest = new(1945, 8, 17);
    private static readonly DateOnly Latest = new(2200, 1, 1);

    [GeneratedRegex(Spelling.Code, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(Spelling.Name, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    public static bool IsCode(this Row row, string column, Findings findings) =>
        row.Is(column, row[column] is { Length: <= Spelling.LongestCode } code && Code().IsMatch(code), findings);

    public static bool IsName(this Row row, string column, Findings findings, int longest = Spelling.LongestName) =>
        row.Is(column, row[column] is { } name && name.Length <= longest && Name().IsMatch(name), findings);

    /// <summary>The beginning of that day in the city; null where the cell is blank or, with a finding, no day.</summary>
    public static DateTimeOffset? ReadDay(this Row row, string column, TimeZoneInfo zone, Findings findings)
    {
        if (row[column] is not { } written)
            return null;
        if (!DateOnly.TryParseExact(written, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day < Earliest || day > Latest)
        {
            row.Refuse(findings, column, "import-date");
            return null;
        }

        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    private static bool Is(this Row row, string column, bool isRight, Findings findings)
    {
        if (!isRight)
            row.Refuse(findings, column, "value");
        return isRight;
    }
}
