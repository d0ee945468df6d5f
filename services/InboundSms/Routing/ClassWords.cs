using InboundSms.Storage;

namespace InboundSms.Routing;

/// <summary>
/// The words by which a citizen says himself what his message is: <c>DINKES KELUHAN …</c>, <c>KELUHAN DINKES …</c> (BJN 10(1)). INFO is none of them: it asks for
/// something more often than it tells something.
/// </summary>
internal sealed class ClassWords
{
    private static readonly Dictionary<MessageClass, string[]> Known = new()
    {
        [MessageClass.News] = ["INFORMASI", "BERITA"],
        [MessageClass.Complaint] = ["KELUHAN", "KELUH", "LAPOR", "LAPORAN", "PENGADUAN", "ADUAN", "ADU"],
        [MessageClass.Criticism] = ["KRITIK", "KRITIKAN"],
        [MessageClass.Question] = ["TANYA", "PERTANYAAN", "BERTANYA"],
        [MessageClass.Proposal] = ["USUL", "USULAN", "SARAN"],
    };

    private readonly Dictionary<string, MessageClass> _classes;

    /// <param name="more">Further words of the city.</param>
    public ClassWords(IReadOnlyDictionary<MessageClass, string[]> more) => _classes = Known.Concat(more)
        .SelectMany(named => named.Value.Select(word => (Word: word.ToUpperInvariant(), Class: named.Key)))
        .GroupBy(named => named.Word, StringComparer.Ordinal).ToDictionary(named => named.Key, named => named.Last().Class, StringComparer.Ordinal);

    public static ClassWords Usual { get; } = new(new Dictionary<MessageClass, string[]>());

    public MessageClass? Find(string word) => _classes.TryGetValue(word, out var found) ? found : null;
}
