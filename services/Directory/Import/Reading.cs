using System.Globalization;
using System.Text.RegularExpressions;

namespace Directory.Import;

/// <summary>Reads the cells of a row as the endpoints read the fields of a request: by the same spelling.</summary>
internal static partial class Reading
{
    /// <summary>ISO, and as Indonesians write a day: day, month, year.</summary>
    private static readonly string[] Days = ["yyyy-MM-dd", "d/M/yyyy", "d-M-yyyy", "d.M.yyyy"];

    /// <summary>A month is known by three letters at least.</summary>
    private static readonly (string Name, int Number)[] Months =
    [
        ("Januari", 1), ("January", 1), ("Februari", 2), ("Pebruari", 2), ("February", 2), ("Maret", 3), ("March", 3), ("April", 4), ("Mei", 5), ("May", 5), ("Juni", 6), ("June", 6),
        ("Juli", 7), ("July", 7), ("Agustus", 8), ("Agt", 8), ("Ags", 8), ("August", 8), ("September", 9), ("Oktober", 10), ("October", 10), ("November", 11), ("Nopember", 11),
        ("Desember", 12), ("December", 12),
    ];

    private const int DigitsOfEmployeeNumber = 18;

    private static readonly string[] Yes = ["ya", "y", "yes", "true", "benar", "1", "x"];
    private static readonly string[] No = ["tidak", "t", "no", "n", "false", "salah", "0", "-"];
    private static readonly DateOnly Earliest = new(1945, 8, 17);
    private static readonly DateOnly Latest = new(2200, 1, 1);

    [GeneratedRegex(Spelling.Code, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(Spelling.Name, RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    public static bool IsCode(this Row row, string column, Findings findings) =>
        row.Is(column, code => code.Length <= Spelling.LongestCode && Code().IsMatch(code), findings);

    public static bool IsName(this Row row, string column, Findings findings, int longest = Spelling.LongestName) =>
        row.Is(column, name => name.Length <= longest && Name().IsMatch(name), findings);

    /// <summary>The beginning of that day in the city; null where the cell is blank or, with a finding, no day.</summary>
    public static DateTimeOffset? ReadDay(this Row row, string column, TimeZoneInfo zone, Findings findings)
    {
        if (row[column] is not { } written)
            return null;
        if (!TryReadDay(written, out var day) || day < Earliest || day > Latest)
        {
            row.Refuse(findings, column, "import-date");
            return null;
        }

        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }

    /// <summary>Since when a row holds: a day that has begun. Null where the cell is blank or, with a finding, says something else.</summary>
    public static DateTimeOffset? ReadSince(this Row row, Plan plan, TimeZoneInfo zone, Findings findings)
    {
        var since = row.ReadDay("since", zone, findings);
        if (since <= plan.Now || since is null)
            return since;
        row.Refuse(findings, "since", "import-ahead");
        return null;
    }

    /// <summary>An employee number as letters print it, 19850315 201001 1 004.</summary>
    public static string WithoutGaps(string number) => string.Concat(number.Where(letter => !char.IsWhiteSpace(letter))) is { Length: DigitsOfEmployeeNumber } digits && digits.All(char.IsAsciiDigit)
        ? digits
        : number;

    /// <summary>Null where the cell is blank or, with a finding, neither.</summary>
    public static bool? ReadYesOrNo(this Row row, string column, Findings findings)
    {
        if (row[column] is not { } written)
            return null;
        if (Yes.Contains(written, StringComparer.OrdinalIgnoreCase))
            return true;
        if (No.Contains(written, StringComparer.OrdinalIgnoreCase))
            return false;
        row.Refuse(findings, column, "import-yes-or-no");
        return null;
    }

    /// <summary>In digits, or with the month in letters: 1 Januari 2020, 01-Jan-2020. A year has four digits: 20 can be 1920.</summary>
    private static bool TryReadDay(string written, out DateOnly day)
    {
        if (DateOnly.TryParseExact(written, Days, CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
            return true;
        var parts = written.Split([' ', '-', '/', '\u00A0'], StringSplitOptions.RemoveEmptyEntries);
        var month = parts is [_, { } word, _] && word.TrimEnd('.') is { Length: >= 3 } name
            ? Array.Find(Months, known => known.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)).Number
            : 0;
        return month > 0 && DateOnly.TryParseExact($"{parts[0]}/{month}/{parts[2]}", "d/M/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    /// <summary>What is there already says the same, column by column, or the file says otherwise.</summary>
    public static void Compare(this Row row, Plan plan, Findings findings, params ReadOnlySpan<(string Column, bool IsSame)> columns)
    {
        foreach (var (column, isSame) in columns)
        {
            if (!isSame && row.IsRightIn(column))
                row.Refuse(findings, column, "import-differs");
        }

        if (row.IsRight)
            plan.Unchanged++;
    }

    /// <summary>A blank cell is never wrong here: where one is needed, that has been said.</summary>
    public static bool Is(this Row row, string column, Predicate<string> isRight, Findings findings)
    {
        if (row[column] is not { } written || isRight(written))
            return true;
        row.Refuse(findings, column, "value");
        return false;
    }
}
