namespace Directory.Accounts;

/// <summary>What everybody tries first (NIST SP 800-63B 5.1.1.2). List and licence: <c>common-passwords.txt</c>.</summary>
internal static class CommonPasswords
{
    private const string Comment = "# ";
    private const int ShortestCore = 4;
    private const string Dressing = " 0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private static readonly Lazy<HashSet<string>> Cores = new(Read);

    /// <summary>True also where such a password is only dressed up: <c>P@ssw0rd2026!</c>, <c>123 Kata Sandi</c>. One of digits alone is common as well.</summary>
    public static bool Include(string password)
    {
        var end = password.AsSpan().TrimEnd(Dressing);
        return CoreOf(end.TrimStart(Dressing)) is var core && (core.Length < ShortestCore || Cores.Value.Contains(core) || Cores.Value.Contains(CoreOf(end)));
    }

    /// <summary>Its letters, small; signs that stand for letters are read as letters.</summary>
    private static string CoreOf(ReadOnlySpan<char> password) => string.Concat(password.ToArray().Select(Plain).Where(char.IsLetter));

    private static char Plain(char letter) => char.ToLowerInvariant(letter) switch
    {
        '@' or '4' => 'a',
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '$' or '5' => 's',
        '7' => 't',
        var other => other,
    };

    private static HashSet<string> Read()
    {
        using var list = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")!);
        var cores = new HashSet<string>(StringComparer.Ordinal);
        while (list.ReadLine() is { } line)
        {
            if (!line.StartsWith(Comment, StringComparison.Ordinal) && CoreOf(line) is { Length: >= ShortestCore } core)
                cores.Add(core);
        }

        return cores;
    }
}
