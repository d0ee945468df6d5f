using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Duplicates;

/// <summary>
/// A person says what a message is that came twice. A matter of its own becomes a case of its own, where the first one is now; its deadline runs from its own receipt
/// (BJN 13). Of two people at once one wins.
/// </summary>
internal static partial class JudgeDuplicate
{
    /// <param name="Verdict">Duplicate or OwnMatter.</param>
    public sealed record Request([Required] DuplicateVerdict? Verdict);

    public static void Map(RouteGroupBuilder duplicates) => duplicates.MapPost("/{id:guid}/verdict", Handle)
        .WithName(nameof(JudgeDuplicate)).WithSummary("Says whether a message that came twice is a repeat or a matter of its own")
        .RequirePermission(Permissions.JudgeDuplicates).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<NoContent, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, IOptions<RoutingOptions> options, TimeProvider clock, ILogger<SuspectedDuplicate> log, CancellationToken stop)
    {
        var (now, verdict) = (clock.GetUtcNow(), request.Verdict!.Value);
        var found = await (
            from suspect in db.SuspectedDuplicates
            join member in db.CaseMessages on suspect.MessageId equals member.MessageId
            join c in db.ReadableBy(user, now) on member.CaseId equals c.Id
            join message in db.Messages on suspect.MessageId equals message.Id
            where suspect.MessageId == id
            select new { Suspect = suspect, Member = member, Case = c, Message = message }).SingleOrDefaultAsync(stop);
        if (found is null)
            return Problems.NotFound();
        if (found.Suspect.Verdict is not null)
            return Problems.Conflict("duplicate-judged");
        (found.Suspect.Verdict, found.Suspect.DecidedBy, found.Suspect.DecidedAt) = (verdict, user.Actor, now);
        if (verdict == DuplicateVerdict.Duplicate)
        {
            db.Record(found.Case.Id, CaseEventKind.DuplicateConfirmed, now, user, new { messageId = id });
        }
        else
        {
            var first = found.Case;
            var addressee = first is { PositionId: { } position, Keyword: { } keyword } ? new Addressee(position, keyword) : null;
            var classed = first is { Class: { } said, ClassBy: { } by } ? new Classed(said, by, first.ClassRule) : null;
            var opened = db.OpenCase(found.Message, addressee, first.IsSecret, classed, found.Message.ReceivedAt + options.Value.AnswerWithin, now, suggested: first.SuggestedKeyword);
            opened.Priority = first.Priority;
            db.Record(opened.Id, CaseEventKind.SplitOff, now, user, new { messageId = id, from = first.Id });
            db.Record(first.Id, CaseEventKind.MessageLeft, now, user, new { messageId = id, to = opened.Id });
        }

        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException raced) when (raced is DbUpdateConcurrencyException || raced.IsUniqueViolation("sms_case_first_message_id_key") || raced.IsUniqueViolation("case_message_pkey"))
        {
            // Whichever of its rows is written first meets what the other has written.
            return Problems.Conflict("duplicate-judged");
        }

        Judged(log, id, verdict);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SMS {MessageId}, which came twice, is judged: {Verdict}")]
    private static partial void Judged(ILogger log, Guid messageId, DuplicateVerdict verdict);
}
