using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Receiving;
using Broadcast.Requests;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Wording;

/// <summary>
/// The Administrator words a broadcast (KOR 7(6)): each wording is a revision of its own. Reworded after it was submitted or approved it is a draft again, since the
/// examination was of other words. What is being sent is not changed any more.
/// </summary>
public static partial class WordBroadcast
{
    /// <param name="Version">As last seen.</param>
    /// <param name="Text">With placeholders; 6 SMS at most for every recipient.</param>
    /// <param name="Audience">Whom it reaches; no rules for a correction.</param>
    /// <param name="SenderId">Name on the recipient's phone (KOR 1(17)), as long as the city's setting allows; left out: the channel's number.</param>
    /// <param name="Channel">Of Notification; left out: its default.</param>
    /// <param name="WithArrivals">Whoever comes to fulfil the rules before the sending receives too.</param>
    /// <param name="SendAt">With its offset; left out: as soon as it is approved.</param>
    /// <param name="LateAfterMinutes">So long after it the sending does not begin by itself any more.</param>
    /// <param name="ValidUntil">With its offset; what has not been handed over by then is not any more.</param>
    /// <param name="Invitation">Of an invitation, and of nothing else.</param>
    /// <param name="Answers">How recipients answer.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(BroadcastText.Longest, MinimumLength = 1)] string Text,
        [Required] Audience Audience,
        [RegularExpression("^(?=.*[A-Za-z])[A-Za-z0-9]{1,11}$")] string? SenderId = null,
        [StringLength(32), RegularExpression("^[A-Za-z0-9_-]+$")] string? Channel = null,
        bool WithArrivals = false,
        [StringLength(40)] string? SendAt = null,
        [Range(1, 10_080)] int LateAfterMinutes = 60,
        [StringLength(40)] string? ValidUntil = null,
        Invitation? Invitation = null,
        AnswerMode Answers = AnswerMode.None);

    /// <param name="Revision">What was written.</param>
    /// <param name="Travel">How it travels to one recipient.</param>
    /// <param name="Hints">Why no answer by SMS may come though it asks for one; nothing is refused.</param>
    internal sealed record Response(BroadcastItem Broadcast, RevisionItem Revision, Travel Travel, IReadOnlyList<Hint> Hints);

    /// <param name="Code"><c>answer-code-missing</c>, <c>sender-takes-no-answers</c>.</param>
    /// <param name="Text">For people.</param>
    internal sealed record Hint(string Code, string Text);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPut("/{id:guid}/wording", HandleAsync)
        .WithName(nameof(WordBroadcast)).WithSummary("Words a broadcast: text, audience, time and sender as they are to be examined").RequirePermission(Permissions.WordBroadcasts)
        .RequireFreshSignIn().ShowsCurrent(BroadcastItem.Of).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(Guid id, Request request, ClaimsPrincipal user, BroadcastDb db,
        IOptions<BroadcastOptions> options, IOptions<ReceivingOptions> receiving, TimeProvider clock, ILogger<Revision> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        if (BroadcastText.Refuse("text", request.Text, out var text) is { } wrongText)
            return wrongText;
        if (WordingTimes.Refuse(request, now, out var sendAt, out var validUntil) is { } wrongTime)
            return wrongTime;
        if (request.SenderId?.Length > options.Value.LongestSenderId)
            return Problems.Invalid("senderId", "sender-too-long");
        if (await db.Broadcasts.SingleOrDefaultAsync(b => b.Id == id, stop) is not { } broadcast)
            return Problems.NotFound();
        if (broadcast.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (WhyFixed(broadcast) is { } fixedNow)
            return Problems.Conflict(fixedNow);
        if ((broadcast.Kind == BroadcastKind.Invitation) != (request.Invitation is not null))
            return Problems.Invalid("invitation", broadcast.Kind == BroadcastKind.Invitation ? "invitation-missing" : "invitation-not");
        if (await CheckAudience.RefuseAsync(db, request.Audience, broadcast.CorrectsId is not null, now, stop) is { } wrongAudience)
            return wrongAudience;
        var code = receiving.Value.CodeOf(broadcast.Number);
        text = PlaceholderText.WithCode(text, code);
        var travel = Travel.Of(text, await Samples.ForAsync(db, text, now, stop), options.Value.PricePerSegment);
        if (travel.SegmentsMax > Travel.MostSegments)
            return Problems.Invalid("text", "too-many-segments");

        var before = broadcast.State;
        broadcast.Revision++;
        broadcast.Version++;
        (broadcast.State, broadcast.Afterwards, broadcast.ChangedAt) = (BroadcastState.Draft, null, now);
        var revision = new Revision
        {
            BroadcastId = id,
            No = broadcast.Revision,
            Text = text,
            SenderId = request.SenderId,
            Channel = request.Channel ?? "",
            Audience = request.Audience.ToJson(),
            WithArrivals = request.WithArrivals,
            SendAt = sendAt,
            LateAfterMinutes = request.LateAfterMinutes,
            ValidUntil = validUntil,
            Invitation = request.Invitation?.ToJson(),
            Answers = request.Answers,
            Author = user.Actor,
            AuthorOfficialId = user.HasOfficial ? user.OfficialId : null,
            WrittenAt = now,
        };
        db.Add(revision);
        db.Record(broadcast, nameof(WordBroadcast), user.Actor, now, new { before, segments = travel.SegmentsMax });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation("revision_pkey"))
        {
            // Somebody else wrote this revision at the same moment.
            return Problems.Conflict("changed-meanwhile");
        }

        await db.Entry(revision).Reference(r => r.AuthorOfficial).LoadAsync(stop);
        Worded(log, broadcast.Number, revision.No, before);
        return TypedResults.Ok(new Response(BroadcastItem.Of.Compile()(broadcast), RevisionItem.Of(revision), travel,
            [.. HintsOf(revision, code).Select(hint => new Hint(hint, Texts.Of($"broadcast.hint.{hint}")))]));
    }

    private static IEnumerable<string> HintsOf(Revision revision, string code)
    {
        if (revision.Answers == AnswerMode.None)
            yield break;
        if (!revision.Text.Contains(code, StringComparison.Ordinal))
            yield return "answer-code-missing";
        if (revision.SenderId is not null)
            yield return "sender-takes-no-answers";
    }

    /// <summary>Why its words cannot be changed any more; null when they can.</summary>
    private static string? WhyFixed(BroadcastMessage broadcast) => broadcast.State switch
    {
        BroadcastState.Draft or BroadcastState.Submitted or BroadcastState.Scheduled or BroadcastState.Late => null,
        BroadcastState.Sending or BroadcastState.Paused => "broadcast-began",
        _ => "broadcast-over",
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Broadcast {BroadcastNumber} was worded as revision {Revision}; it was {Before}")]
    private static partial void Worded(ILogger log, long broadcastNumber, int revision, BroadcastState before);
}
