using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>A case as lists show it: all that a phone's screen needs.</summary>
/// <param name="Id">Its first message.</param>
/// <param name="CaseNumber">Told to people.</param>
/// <param name="Channel">SMS, web form or call centre.</param>
/// <param name="Version">Of the case, for what is done to it next.</param>
/// <param name="ReceivedAt">Our durable receipt; the legal clock starts here.</param>
/// <param name="DueAt">When the answer is due.</param>
/// <param name="Keyword">Null in the secretariat's tray.</param>
/// <param name="Position">Title of the position whose case it is; null in the tray.</param>
/// <param name="Text">The citizen's words that opened it, unaltered.</param>
/// <param name="IsErased">Number and words were erased, by retention or because the citizen asked for it (UU 27/2022).</param>
/// <param name="Messages">How many messages the citizen has sent in it.</param>
/// <param name="SenderMasked">The number with its middle hidden.</param>
/// <param name="CanBeAnswered">An SMS can reach this sender, or he has a receipt code to read the answer.</param>
/// <param name="Status">Of the case.</param>
/// <param name="IsOverdue">Late and not answered.</param>
/// <param name="Handler">Who of the unit works on it.</param>
/// <param name="BeingAnsweredBy">Who has saved a draft within the last minutes.</param>
/// <param name="Proposal">How far a proposed answer has come; null when there is none.</param>
/// <param name="Class">News, Complaint, Criticism, Question or Proposal (BJN 10(1)); null while nobody has said it.</param>
/// <param name="Priority">Normal or Emergency.</param>
/// <param name="SuggestedKeyword">Whom a message of the tray probably meant.</param>
/// <param name="Clocks">What the clocks show; null when the case is set aside.</param>
public sealed record InboxItem(
    Guid Id, long CaseNumber, CaseChannel Channel, long Version, DateTimeOffset ReceivedAt, DateTimeOffset DueAt, string? Keyword, string? Position, string Text, bool IsErased, int Messages,
    string SenderMasked, bool CanBeAnswered, CaseStatus Status, bool IsOverdue, Colleague? Handler,
    Colleague? BeingAnsweredBy, ProposalStatus? Proposal, MessageClass? Class, Priority Priority, string? SuggestedKeyword, Clocks? Clocks);

internal static class InboxItems
{
    /// <summary>The items of at most a page of cases, in their order.</summary>
    public static async Task<List<InboxItem>> ToItemsAsync(
        this IQueryable<SmsCase> page, InboundSmsDb db, AnsweringOptions answering, CaseClocks clocks, DateTimeOffset now, CancellationToken stop)
    {
        var writers = db.WritersOf(now - answering.DraftShown);
        var rows = await (
            from c in page
            join content in db.Contents on c.FirstMessageId equals content.MessageId
            select new
            {
                Case = c,
                content.Text,
                content.Sender,
                content.SenderKind,
                IsErased = content.Salt.Length == 0,
                Messages = db.CaseMessages.Count(m => m.CaseId == c.Id),
                Writer = writers.Where(draft => draft.CaseId == c.Id).OrderByDescending(draft => draft.SavedAt).Select(draft => (Guid?)draft.OfficialId).FirstOrDefault(),
                Proposal = db.AnswerProposals.Where(p => p.CaseId == c.Id && (p.Status == ProposalStatus.Proposed || p.Status == ProposalStatus.Returned))
                    .Select(p => (ProposalStatus?)p.Status).SingleOrDefault(),
                Position = db.Positions.Where(p => p.Id == c.PositionId).Select(p => p.Title).SingleOrDefault(),
            }).AsNoTracking().ToListAsync(stop);
        var people = await db.ColleaguesAsync(rows.SelectMany(row => new[] { row.Case.HandlerId, row.Writer }), now, stop);
        return rows.ConvertAll(row => new InboxItem(row.Case.FirstMessageId, row.Case.Number, row.Case.Channel, row.Case.Version, row.Case.ReceivedAt, row.Case.DueAt, row.Case.Keyword,
            row.Position, row.Text, row.IsErased, row.Messages, PhoneNumber.Mask(row.Sender), AnswerWays.Of(row.Case.Channel, row.SenderKind) is not null, row.Case.Status, row.Case.IsOverdue(now),
            people.Of(row.Case.HandlerId), people.Of(row.Writer), row.Proposal,
            row.Case.Class, row.Case.Priority, row.Case.SuggestedKeyword, clocks.Of(row.Case, now)));
    }
}
