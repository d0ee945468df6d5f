using System.Text.RegularExpressions;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.EntityFrameworkCore;

namespace Broadcast.Examination;

/// <summary>Where a broadcast has words of the list. Whole words only, with the endings that do not change them: what is shown too often is not looked at.</summary>
internal static class FindWords
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <param name="Field">text, subject, place or dress.</param>
    /// <param name="Start">Of its first character, from 0.</param>
    /// <param name="Length">In UTF-16 units, as JavaScript counts.</param>
    /// <param name="Word">Of the list.</param>
    /// <param name="Concern">Which question of the checklist.</param>
    internal sealed record Hit(string Field, int Start, int Length, string Word, ExaminationConcern Concern);

    public static async Task<IReadOnlyList<Hit>> InAsync(BroadcastDb db, BroadcastMessage broadcast, Revision revision, CancellationToken stop)
    {
        var words = await db.ExaminationWords.AsNoTracking().Where(w => w.RemovedAt == null).Select(w => new { w.Word, w.Concern }).ToDictionaryAsync(w => w.Word, w => w.Concern, StringComparer.Ordinal, stop);
        var invitation = Invitation.Read(revision.Invitation);
        (string Name, string? Text)[] fields = [("text", revision.Text), ("subject", broadcast.Subject), ("place", invitation?.Place), ("dress", invitation?.Dress)];
        return [.. fields.SelectMany(field => In(field.Name, field.Text, words))];
    }

    internal static IEnumerable<Hit> In(string field, string? text, IReadOnlyDictionary<string, ExaminationConcern> words) => text is null || words.Count == 0 ? [] :
        from word in words
        from Match match in Regex.Matches(text, $@"(?<![\p{{L}}\p{{Nd}}]){string.Join(@"\s+", word.Key.Split(' ').Select(Regex.Escape))}(?:nya|lah|kah|ku|mu)?(?![\p{{L}}\p{{Nd}}])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, Limit)
        orderby match.Index
        select new Hit(field, match.Index, match.Length, word.Key, word.Value);
}
