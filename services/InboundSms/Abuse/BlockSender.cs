using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Abuse;

/// <summary>
/// The secretariat mutes the sender of a message, for a reason and a time. The message names him: his number stands in no address and no request. What he writes from now on
/// is kept and lies in a tray of its own; cases that he has stay as they are.
/// </summary>
internal static partial class BlockSender
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(30);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <param name="Reason">For those who look at it later; 1 to 500 characters.</param>
    /// <param name="ExpiresAt">A year ahead at most; 30 days if left out. Nobody is muted for ever.</param>
    public sealed record Request([Required, StringLength(500, MinimumLength = 1)] string Reason, DateTimeOffset? ExpiresAt = null);

    /// <param name="Id">Of the block.</param>
    /// <param name="ExpiresAt">When it ends by itself.</param>
    public sealed record Response(Guid Id, DateTimeOffset ExpiresAt);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/{id:guid}/block", Handle)
        .WithName(nameof(BlockSender)).WithSummary("Mutes the sender of a message: what he writes is kept and opens no case")
        .RequirePermission(Permissions.BlockSenders).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<BlockedSender> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var expiresAt = (request.ExpiresAt ?? now + Usual).ToUniversalTime();
        if (string.IsNullOrWhiteSpace(request.Reason))
            return Problems.Invalid("reason", "empty");
        if (expiresAt <= now || expiresAt > now + Longest)
            return Problems.Invalid("expiresAt", "block-until");
        if (await db.Contents.Where(content => content.MessageId == id).Select(content => content.Sender).SingleOrDefaultAsync(stop) is not { } sender)
            return Problems.NotFound();
        if (sender.Length == 0)
            return Problems.Conflict("sender-unknown");
        // What ended by itself makes room; true whatever becomes of this request.
        await db.BlockedSenders.Where(old => old.Sender == sender && old.LiftedAt == null && old.ExpiresAt <= now).ExecuteUpdateAsync(
            set => set.SetProperty(old => old.LiftedAt, old => old.ExpiresAt).SetProperty(old => old.LiftedBy, Outbox.System), stop);

        var block = new BlockedSender
        {
            Id = Guid.CreateVersion7(now),
            Sender = sender,
            Reason = request.Reason.Replace('\0', '\uFFFD'),
            MessageId = id,
            BlockedBy = user.Actor,
            BlockedAt = now,
            ExpiresAt = expiresAt,
        };
        db.Add(block);
        if (await db.CaseMessages.Where(member => member.MessageId == id).Select(member => (Guid?)member.CaseId).SingleOrDefaultAsync(stop) is { } caseId)
            db.Record(caseId, CaseEventKind.SenderBlocked, now, user, new { blockId = block.Id, block.Reason, expiresAt });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(BlockedSender.Once))
        {
            return Problems.Conflict("sender-blocked");
        }

        Blocked(log, id, block.Id);
        return TypedResults.Created((string?)null, new Response(block.Id, expiresAt));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The sender of SMS {MessageId} is blocked ({BlockId})")]
    private static partial void Blocked(ILogger log, Guid messageId, Guid blockId);
}
