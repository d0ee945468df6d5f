using System.Security.Claims;
using Contracts.Notification;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.Publishing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>One message with its conversation, its answers and how they fared (BJN 12(8)), and what the public will see.</summary>
internal static class GetMessage
{
    /// <param name="Id">Of the answer.</param>
    /// <param name="Text">As sent.</param>
    /// <param name="AnsweredAt">The legal clock stopped here.</param>
    /// <param name="Way">By SMS, or read with the receipt code.</param>
    /// <param name="DeliveryStatus">Pending, Delivered or Failed.</param>
    /// <param name="AcceptedByOperator">The operator has it, no handset has confirmed yet.</param>
    /// <param name="Uncertain">Whether it left is not known ("tidak pasti"); it is never repeated by itself.</param>
    /// <param name="Contradictory">Reports contradict each other; the history at Notification has them all.</param>
    /// <param name="Reason">Why it failed.</param>
    /// <param name="StatusChangedAt">When the status last changed.</param>
    public sealed record AnswerItem(
        Guid Id, string Text, DateTimeOffset AnsweredAt, AnswerWay Way, DeliveryStatus DeliveryStatus, bool AcceptedByOperator, bool Uncertain, bool Contradictory,
        string? Reason, DateTimeOffset StatusChangedAt);

    /// <param name="Text">What the citizen would read.</param>
    /// <param name="By">Who wrote it last.</param>
    /// <param name="Status">Proposed, or Returned.</param>
    /// <param name="Reason">Why it was returned.</param>
    /// <param name="ProposedAt">When it was written last.</param>
    /// <param name="Version">What an approval names.</param>
    public sealed record ProposalItem(string Text, Colleague By, ProposalStatus Status, string? Reason, DateTimeOffset ProposedAt, long Version);

    /// <param name="Id">Of the message.</param>
    /// <param name="ReceivedAt">Our durable receipt.</param>
    /// <param name="Text">The citizen's words.</param>
    /// <param name="IsErased">They were erased by law.</param>
    /// <param name="IsIncomplete">Parts of a long SMS are missing; or this is such a part, which came late.</param>
    /// <param name="SuspectedDuplicateOf">The message whose words these are, from the same number within moments.</param>
    public sealed record ConversationItem(Guid Id, DateTimeOffset ReceivedAt, string Text, bool IsErased, bool IsIncomplete, Guid? SuspectedDuplicateOf);

    /// <param name="NameMasked">The first letter of each word; null where none was given.</param>
    /// <param name="NumberMasked">With its middle hidden; null where none was given.</param>
    public sealed record ContactItem(string? NameMasked, string? NumberMasked);

    /// <param name="Id">Of the message.</param>
    /// <param name="CaseNumber">Told to people.</param>
    /// <param name="Channel">SMS, web form or call centre.</param>
    /// <param name="ReceivedAt">Our durable receipt; the legal clock starts here.</param>
    /// <param name="DueAt">When the answer is due.</param>
    /// <param name="Keyword">Null in the secretariat's tray.</param>
    /// <param name="Position">Title of the position whose case it is.</param>
    /// <param name="Text">The citizen's words, unaltered.</param>
    /// <param name="IsErased">Number and words were erased, by retention or because the citizen asked for it (UU 27/2022).</param>
    /// <param name="SenderMasked">The number with its middle hidden.</param>
    /// <param name="SenderPseudonym">The same in each message of this sender, and tells nobody his number; null where no one person stands behind it.</param>
    /// <param name="CanBeAnswered">An SMS can reach this sender, or he has a receipt code to read the answer.</param>
    /// <param name="Status">Of the case.</param>
    /// <param name="IsOverdue">Late and not answered.</param>
    /// <param name="Handler">Who of the unit works on it.</param>
    /// <param name="BeingAnsweredBy">Colleagues who have saved a draft within the last minutes.</param>
    /// <param name="Draft">What the caller has written so far.</param>
    /// <param name="Proposal">An answer that waits for approval.</param>
    /// <param name="IsSecret">The citizen asked for no publication.</param>
    /// <param name="PublicPreview">What the public will see of the words when the answer is given; answering confirms it. Null when nothing will be shown.</param>
    /// <param name="Conversation">The latest 50 messages of the case, oldest first.</param>
    /// <param name="Answers">Oldest first.</param>
    /// <param name="Class">News, Complaint, Criticism, Question or Proposal (BJN 10(1)); null while nobody has said it.</param>
    /// <param name="ClassBy">Citizen, Rule (a proposal) or Official.</param>
    /// <param name="ClassRule">The rules that proposed the class.</param>
    /// <param name="Priority">Normal or Emergency.</param>
    /// <param name="SuggestedKeyword">Whom a message of the tray probably meant.</param>
    /// <param name="Version">Of the case; who changes it says which one he saw.</param>
    /// <param name="Clocks">What the clocks show; null when the case is set aside.</param>
    /// <param name="Contact">Who wrote the web form, or called, as he says: nothing proves it. In full as the sender is (ShowSender).</param>
    public sealed record Response(
        Guid Id, long CaseNumber, CaseChannel Channel, DateTimeOffset ReceivedAt, DateTimeOffset DueAt, string? Keyword, string? Position, string Text, bool IsErased, string SenderMasked,
        string? SenderPseudonym,
        bool CanBeAnswered, CaseStatus Status, bool IsOverdue, Colleague? Handler,
        IReadOnlyList<Colleague> BeingAnsweredBy, string? Draft, ProposalItem? Proposal, bool IsSecret, string? PublicPreview, IReadOnlyList<ConversationItem> Conversation,
        IReadOnlyList<AnswerItem> Answers, MessageClass? Class, ClassSource? ClassBy, string? ClassRule, Priority Priority, string? SuggestedKeyword, long Version, Clocks? Clocks, ContactItem? Contact);

    public static void Map(RouteGroupBuilder messages) => messages.MapGet("/{id:guid}", Handle)
        .WithName(nameof(GetMessage)).WithSummary("One message with its conversation and answers").RequirePermission(Permissions.ReadMessages)
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, Pseudonyms pseudonyms, IOptions<AnsweringOptions> answering, CaseClocks clocks, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        Guid? official = user.HasOfficial ? user.OfficialId : null;
        var found = await (
            from c in db.ReadableBy(user, now)
            join member in db.CaseMessages on c.Id equals member.CaseId
            join content in db.Contents on member.MessageId equals content.MessageId
            where member.MessageId == id
            select new { Case = c, member.ReceivedAt, content.Text, IsErased = content.Salt.Length == 0, content.Sender, content.SenderKind }).AsNoTracking().SingleOrDefaultAsync(stop);
        if (found is null)
            return Problems.NotFound();

        var smsCase = found.Case;
        var contact = await db.SubmissionContacts.AsNoTracking().SingleOrDefaultAsync(c => c.MessageId == id, stop);
        var position = await db.Positions.Where(p => p.Id == smsCase.PositionId).Select(p => p.Title).SingleOrDefaultAsync(stop);
        var conversation = await (
            from member in db.CaseMessages
            join message in db.Messages on member.MessageId equals message.Id
            join content in db.Contents on member.MessageId equals content.MessageId
            where member.CaseId == smsCase.Id
            orderby member.ReceivedAt descending, member.MessageId descending
            select new ConversationItem(member.MessageId, member.ReceivedAt, content.Text, content.Salt.Length == 0, message.IsIncomplete,
                db.SuspectedDuplicates.Where(s => s.MessageId == message.Id && s.Verdict != DuplicateVerdict.OwnMatter).Select(s => (Guid?)s.OriginalId).FirstOrDefault())).Take(Paging.PageSize).ToListAsync(stop);
        conversation.Reverse();
        var answers = await (
            from answer in db.Answers
            join delivery in db.Deliveries on answer.Id equals delivery.AnswerId
            where answer.CaseId == smsCase.Id
            orderby answer.AnsweredAt
            select new AnswerItem(answer.Id, answer.Text, answer.AnsweredAt, delivery.Way, delivery.Status, delivery.AcceptedByOperator, delivery.Uncertain,
                delivery.Contradictory, delivery.Reason, delivery.ChangedAt)).Take(Paging.PageSize).ToListAsync(stop);
        var question = await db.Contents.Where(c => c.MessageId == smsCase.FirstMessageId).Select(c => c.Text).SingleAsync(stop);
        var preview = smsCase.IsSecret ? null : Masking.Apply(question, Masking.Find(question));
        var drafts = await db.AnswerDrafts.AsNoTracking().Where(draft => draft.CaseId == smsCase.Id).OrderByDescending(draft => draft.SavedAt).Take(Paging.PageSize).ToListAsync(stop);
        var proposal = await db.OpenProposalAsync(smsCase.Id, stop);
        var others = drafts.FindAll(draft => draft.OfficialId != official && draft.SavedAt > now - answering.Value.DraftShown).ConvertAll(draft => (Guid?)draft.OfficialId);
        var people = await db.ColleaguesAsync([smsCase.HandlerId, proposal?.OfficialId, .. others], now, stop);
        return TypedResults.Ok(new Response(id, smsCase.Number, smsCase.Channel, found.ReceivedAt, smsCase.DueAt, smsCase.Keyword, position, found.Text, found.IsErased,
            PhoneNumber.Mask(found.Sender), pseudonyms.Of(found.Sender), AnswerWays.Of(smsCase.Channel, found.SenderKind) is not null, smsCase.Status, smsCase.IsOverdue(now), people.Of(smsCase.HandlerId),
            others.ConvertAll(other => people.Of(other)!), drafts.Find(draft => draft.OfficialId == official)?.Text,
            proposal is null ? null : new(proposal.Text, people.Of(proposal.OfficialId)!, proposal.Status, proposal.Reason, proposal.ProposedAt, proposal.Version), smsCase.IsSecret, preview, conversation,
            answers, smsCase.Class, smsCase.ClassBy, smsCase.ClassRule, smsCase.Priority, smsCase.SuggestedKeyword, smsCase.Version, clocks.Of(smsCase, now),
            contact is null ? null : new(contact.NameMasked, contact.PhoneNumber is { } number ? PhoneNumber.Mask(number) : null)));
    }
}
