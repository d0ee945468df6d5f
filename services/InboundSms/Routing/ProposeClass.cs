using InboundSms.Storage;

namespace InboundSms.Routing;

/// <summary>
/// Proposes the class of a message (BJN 10(1)) from its words, and says by which rules; an official decides. Each rule that fits adds its points; the class with most
/// points is proposed, of equals the one that is named first here, and none below two points: a wrong proposal costs more than none.
/// </summary>
internal static class ProposeClass
{
    private const int Enough = 2;

    private sealed record Rule(MessageClass Class, int Points, params string[] Phrases);

    private static readonly Rule[] Rules =
    [
        new(MessageClass.Complaint, 2, "rusak", "berlubang", "bocor", "macet", "mampet", "padam", "mati", "habis", "kotor", "bau", "pungli", "dipersulit", "belum diperbaiki",
            "belum diangkut", "tidak berfungsi", "tidak mengalir", "tidak diangkut", "menumpuk", "mengganggu", "mengeluh", "keluhan", "melapor", "melaporkan", "terganggu"),
        new(MessageClass.Complaint, 1, "belum", "lama", "antre", "antri", "lambat", "jalan", "sampah", "lampu", "air", "tolong", "mohon"),
        new(MessageClass.Question, 3, "?"),
        new(MessageClass.Question, 2, "apakah", "kapan", "bagaimana", "gimana", "berapa", "di mana", "dimana", "kenapa", "mengapa", "siapa", "bisakah", "bolehkah", "mohon info", "minta info",
            "tanya", "bertanya", "syaratnya apa", "apa syarat"),
        new(MessageClass.Criticism, 2, "kecewa", "mengecewakan", "tidak becus", "payah", "tidak ramah", "judes", "sombong", "tidak profesional", "buruk", "kritik", "memalukan"),
        new(MessageClass.Criticism, 1, "pelayanan", "petugas", "pegawai", "pejabat"),
        new(MessageClass.Proposal, 3, "usul", "mengusulkan", "saran", "menyarankan"),
        new(MessageClass.Proposal, 2, "sebaiknya", "seharusnya", "hendaknya", "alangkah baiknya", "agar dibangun", "mohon dibangun", "mohon ditambah", "perlu ditambah", "perlu dibangun"),
        new(MessageClass.News, 2, "memberitahukan", "menginformasikan", "diinformasikan", "sekadar info", "sekedar info", "kabar baik", "terima kasih", "telah terjadi", "akan diadakan"),
    ];

    private static readonly (Rule Rule, string Phrase, string[] Tokens)[] Table =
        [.. Rules.SelectMany(rule => rule.Phrases.Select(phrase => (rule, phrase, phrase.ToUpperInvariant().Split(' '))))];

    /// <summary>The class and the phrases that spoke for it; null when nothing is clear.</summary>
    public static (MessageClass Class, string Rule)? Of(string text)
    {
        string[] tokens = [.. Keyword.Tokens(text)];
        // Each phrase once: who writes "rusak rusak rusak" has said it once.
        var spoken = Table.Where(row => tokens.AsSpan().IndexOf(row.Tokens) >= 0).GroupBy(row => row.Rule.Class)
            .Select(rows => (Class: rows.Key, Points: rows.Sum(row => row.Rule.Points), Rule: string.Join(", ", rows.Select(row => row.Phrase).Order(StringComparer.Ordinal))))
            .OrderByDescending(found => found.Points).ToList();
        return spoken is [{ Points: >= Enough } best, ..] ? (best.Class, best.Rule) : null;
    }
}
