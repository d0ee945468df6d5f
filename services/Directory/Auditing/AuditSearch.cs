using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace Directory.Auditing;

/// <summary>What to look for in the trail; null is everything.</summary>
/// <param name="Actor">Login, or what the trail itself has: an id, <c>system</c>, <c>anonymous</c>.</param>
/// <param name="Act">Name of the operation.</param>
/// <param name="From">From this instant on.</param>
/// <param name="To">Before this instant.</param>
/// <param name="Text">Part of what was changed, or of the reason.</param>
internal sealed record AuditCriteria(
    string? Actor, string? Act, string? SubjectKind, Guid? SubjectId, DateTimeOffset? From, DateTimeOffset? To, string? Text);

internal static partial class AuditSearch
{
    public static TimeSpan LongestPeriod { get; } = TimeSpan.FromDays(366);

    // As people write Indonesian mobile numbers in a reason, and any number in E.164. For .NET and PostgreSQL alike. Not within digits: those are employee numbers.
    private const string NumberSpelled = @"(?<![0-9])(\+?62|0)[ .-]?8[0-9]([ .-]?[0-9]){6,11}|\+[1-9][0-9]{7,14}";

    [GeneratedRegex(NumberSpelled, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    public static async Task<IQueryable<AuditEntry>> AuditEntriesAsync(this DirectoryDb db, AuditCriteria criteria, CancellationToken stop)
    {
        var login = criteria.Actor?.ToUpperInvariant();
        var account = login is null ? null
            : await db.Accounts.Where(account => account.NormalizedUserName == login).Select(account => (Guid?)account.Id).SingleOrDefaultAsync(stop);
        var actor = account?.ToString() ?? criteria.Actor;
        var (from, to) = (criteria.From?.ToUniversalTime(), criteria.To?.ToUniversalTime());
        return (criteria.Text is null ? db.AuditEntries : Containing(db, criteria.Text)).AsNoTracking().Include(entry => entry.Content)
            .Where(entry => (actor == null || entry.Actor == actor) && (criteria.Act == null || entry.Act == criteria.Act)
                && (criteria.SubjectKind == null || entry.SubjectKind == criteria.SubjectKind) && (criteria.SubjectId == null || entry.SubjectId == criteria.SubjectId)
                && (from == null || entry.At >= from) && (to == null || entry.At < to));
    }

    /// <summary>The content as it is shown: numbers masked wherever they stand.</summary>
    public static JsonNode? Shown(string? content) => content is null ? null : JsonNode.Parse(Masked(content)!);

    public static string? Masked(string? text) => text is null ? null : Number().Replace(text, number =>
        number.Value[0] == '+' ? PhoneNumber.Mask(number.Value) : $"{number.Value[..4]}••••{number.Value[^3..]}");

    // Without the numbers: else one would find out digit by digit what is masked.
    private static IQueryable<AuditEntry> Containing(DirectoryDb db, string text) => db.AuditEntries.FromSql($$"""
        select e.* from audit_entry e where exists (select from audit_content c where c.entry_id = e.id
          and strpos(lower(regexp_replace(concat_ws(' ', c.before::text, c.after::text, c.reason), {{NumberSpelled}}, '', 'g')), lower({{text}})) > 0)
        """);
}
