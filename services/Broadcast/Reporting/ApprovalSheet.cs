using Broadcast.Resources;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Documents;

namespace Broadcast.Reporting;

/// <summary>By names, for the print: who asked for it and by what authority, who worded it, who decided on it and when, and the text and hash that he signed.</summary>
internal static class ApprovalSheet
{
    public static async Task<Sheet> OfAsync(BroadcastDb db, BroadcastMessage broadcast, Func<DateTimeOffset, DateTimeOffset> local, CancellationToken stop)
    {
        var letter = await db.Letters.AsNoTracking().Where(l => l.Id == broadcast.LetterId)
            .Select(l => new { l.GrantedByOfficialId, l.GrantedAs, l.Reference, l.Subject, l.ValidFrom, l.ValidTo }).SingleOrDefaultAsync(stop);
        var revision = await db.Revisions.AsNoTracking().SingleOrDefaultAsync(r => r.BroadcastId == broadcast.Id && r.No == broadcast.Revision, stop);
        var decisions = await db.Decisions.AsNoTracking().Where(d => d.BroadcastId == broadcast.Id && d.Revision == broadcast.Revision).OrderBy(d => d.At).ThenBy(d => d.Id).ToListAsync(stop);
        List<Guid?> people = [broadcast.OriginatorId, letter?.GrantedByOfficialId, revision?.AuthorOfficialId, .. decisions.Select(d => d.OfficialId)];
        var names = await db.Officials.Where(o => people.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Name, stop);
        // An account without an official is told as what it is.
        string Name(Guid? official, string account) => official is { } id && names.TryGetValue(id, out var name) ? name : account;
        return new(
            ReportTexts.Of("Sheet.Approval"),
            ReportTexts.Of("Approval", broadcast.Number),
            [(ReportTexts.Of("Matter"), 4), (ReportTexts.Of("Content"), 14), (ReportTexts.Of("At"), 6)],
            [
                [ReportTexts.Of("Originator"), Name(broadcast.OriginatorId, broadcast.CreatedBy), local(broadcast.CreatedAt)],
                [
                    ReportTexts.Of("Basis"),
                    letter is null ? ReportTexts.Of($"Role.{broadcast.OriginatorBasis}")
                        : ReportTexts.Of("Letter", letter.Reference, letter.Subject, Name(letter.GrantedByOfficialId, ""), ReportTexts.Of($"Role.{letter.GrantedAs}")),
                    letter is null ? null : ReportTexts.Of("Period", Day(local(letter.ValidFrom)), Day(local(letter.ValidTo))),
                ],
                .. revision is null ? [] : Worded(revision),
                .. decisions.Select(IReadOnlyList<object?> (d) =>
                    [ReportTexts.Of("Examiner"), $"{Name(d.OfficialId, d.Actor)} ({ReportTexts.Of($"Role.{d.ActedAs}")}): {ReportTexts.Of($"Outcome.{d.Outcome}")}", local(d.At)]),
            ]);

        IReadOnlyList<IReadOnlyList<object?>> Worded(Revision r) =>
        [
            [ReportTexts.Of("Author"), Name(r.AuthorOfficialId, r.Author), local(r.WrittenAt)],
            [ReportTexts.Of("Text"), r.Text, null],
            [ReportTexts.Of("Hash"), r.ContentHash is { } hash ? Convert.ToHexStringLower(hash) : null, null],
        ];
    }

    private static string Day(DateTimeOffset at) => at.ToString("dd-MM-yyyy", ReportTexts.Indonesian);
}
