namespace Directory.Import;

/// <summary>A word that counts in a cell, by its two names.</summary>
internal sealed record Word(string Name, string Indonesian);

/// <summary>What columns understand that take no free text. Read by <see cref="Meaning"/>, and listed in the template.</summary>
internal static class Words
{
    public static Word[] Kinds { get; } =
    [
        new("Mayor", "Bupati"), new("Mayor", "Wali Kota"), new("DeputyMayor", "Wakil Bupati"), new("DeputyMayor", "Wakil Wali Kota"), new("RegionalSecretary", "Sekretaris Daerah"),
        new("Assistant", "Asisten"), new("HeadOfUnit", "Kepala"), new("Staff", "Staf"),
    ];

    public static Word[] AssignmentKinds { get; } = [new("Definitive", "Definitif"), new("Plt", "Plt"), new("Plh", "Plh"), new("Pj", "Pj")];

    /// <summary>Those that are granted (DIR-7).</summary>
    public static Word[] Roles { get; } =
    [
        new("Administrator", "Administrator"), new("Chair", "Ketua"), new("Secretary", "Sekretaris"), new("DataSteward", "Walidata"), new("DataProducer", "Produsen Data"),
        new("DataProducer", "Walidata Pendukung"), new("Auditor", "Auditor"),
    ];

    public static Word[] YesOrNo { get; } = [new("yes", "ya"), new("no", "tidak")];

    public static Word[] Days { get; } = [new("31/12/2020", "31/12/2020"), new("31 December 2020", "31 Desember 2020"), new("2020-12-31", "2020-12-31")];

    /// <summary>The English name of the word that is written, in whatever letters; null if it is none of them.</summary>
    public static string? Meaning(this Word[] words, string written) => Array.Find(words, word => Layout.IsSame(word.Name, written) || Layout.IsSame(word.Indonesian, written))?.Name;

    /// <summary>The roles of a cell, between commas or semicolons or only spaces, which some names have themselves. What is no role stays as it is written.</summary>
    public static IEnumerable<string> ReadRoles(string written)
    {
        foreach (var part in written.Split([',', ';']))
        {
            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            for (var at = 0; at < words.Length; at++)
            {
                var pair = at + 1 < words.Length ? Roles.Meaning($"{words[at]} {words[at + 1]}") : null;
                yield return pair ?? Roles.Meaning(words[at]) ?? words[at];
                if (pair is not null)
                    at++;
            }
        }
    }
}
