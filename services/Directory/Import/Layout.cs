using System.Collections.Frozen;

namespace Directory.Import;

/// <summary>A column by its two names; the header row may carry either.</summary>
/// <param name="Name">English.</param>
/// <param name="Indonesian">As the template has it.</param>
/// <param name="IsRequired">No row leaves it blank.</param>
/// <param name="Words">What it understands; null where it takes any text.</param>
internal sealed record Column(string Name, string Indonesian, bool IsRequired = false, Word[]? Words = null);

/// <summary>A sheet of an ODS file, or a CSV file.</summary>
internal sealed record Layout(string Name, string Indonesian, List<Column> Columns)
{
    private readonly FrozenDictionary<string, int> _places = Columns.Index().ToFrozenDictionary(column => column.Item.Name, column => column.Index, StringComparer.Ordinal);

    public static Layout Units { get; } = new("units", "unit",
        [new("code", "kode", true), new("name", "nama", true), new("parentCode", "kode induk"), new("since", "sejak", Words: Words.Days)]);

    public static Layout Positions { get; } = new("positions", "jabatan",
    [
        new("code", "kode", true), new("title", "nama jabatan", true), new("kind", "jenis", true, Words.Kinds), new("unitCode", "kode unit", true),
        new("keyword", "kata kunci"), new("grade", "eselon"), new("signsDocuments", "tanda tangan", Words: Words.YesOrNo), new("since", "sejak", Words: Words.Days),
    ]);

    public static Layout Officials { get; } = new("officials", "pejabat",
        [new("employeeNumber", "nip", true), new("name", "nama", true), new("noticePhone", "nomor hp"), new("senderId", "id pengirim")]);

    /// <summary>Dates are days of the city; <c>to</c> is the first day that no longer counts, as everywhere in the API.</summary>
    public static Layout Assignments { get; } = new("assignments", "riwayat jabatan",
    [
        new("employeeNumber", "nip", true), new("positionCode", "kode jabatan", true), new("from", "mulai", true, Words.Days), new("to", "sampai", Words: Words.Days),
        new("kind", "status", Words: Words.AssignmentKinds), new("orderNumber", "nomor sk"),
    ]);

    public static Layout Accounts { get; } = new("accounts", "akun",
        [new("userLogin", "nama pengguna", true), new("employeeNumber", "nip"), new("roles", "peran", Words: Words.Roles)]);

    /// <summary>In the order in which they refer to each other.</summary>
    public static List<Layout> All { get; } = [Units, Positions, Officials, Assignments, Accounts];

    /// <summary>The sheet of that name, in either language; null if there is none.</summary>
    public static Layout? Named(string name) => All.FirstOrDefault(layout => IsSame(layout.Name, name) || IsSame(layout.Indonesian, name));

    /// <summary>The place of a column that the code names.</summary>
    public int PlaceOf(string column) => _places[column];

    /// <summary>The place of the column that the file names, or -1.</summary>
    public int IndexOf(string header) => Columns.FindIndex(column => IsSame(column.Name, header) || IsSame(column.Indonesian, header));

    /// <summary>The same word, in whatever letters and with whatever between them.</summary>
    public static bool IsSame(string name, string written) => string.Equals(Letters(name), Letters(written), StringComparison.OrdinalIgnoreCase);

    // People write "Kode_Unit", "KODE UNIT*" or "kodeUnit".
    private static string Letters(string text) => string.Concat(text.Where(char.IsAsciiLetterOrDigit));
}
