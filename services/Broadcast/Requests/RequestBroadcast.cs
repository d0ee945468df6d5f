using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Audiences;
using Broadcast.Sending;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Requests;

/// <summary>Mayor, Regional Secretary, or whom one of them has authorised in writing asks for a broadcast in his own name (KOR 6a, 8, 10b).</summary>
public static partial class RequestBroadcast
{
    internal const string Line = @"^\P{C}*[^\s\p{C}]\P{C}*$";

    /// <param name="Subject">One line; what it is about, not what is sent.</param>
    /// <param name="Kind">Of KOR 9(1).</param>
    /// <param name="Text">What the originator wants to be said; the Administrator words it.</param>
    /// <param name="IsEmergency">It may go on the word of a second person, and is examined afterwards.</param>
    /// <param name="CorrectsId">It goes to exactly those whom that one reached.</param>
    public sealed record Request(
        [Required, StringLength(200, MinimumLength = 1), RegularExpression(Line)] string Subject,
        [Required] BroadcastKind? Kind,
        [Required, StringLength(4_000, MinimumLength = 1)] string Text,
        bool IsEmergency = false,
        Guid? CorrectsId = null);

    internal static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/", HandleAsync)
        .WithName(nameof(RequestBroadcast)).WithSummary("Asks for a broadcast").RequirePermission(Permissions.RequestBroadcasts).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<BroadcastItem>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, ILogger<BroadcastMessage> log, CancellationToken stop)
    {
        if (!request.Text.IsVisible || !request.Text.IsNormalizable || request.Text.Contains('\0', StringComparison.Ordinal))
            return Problems.Invalid("text", "control-characters");
        if (!request.Subject.IsNormalizable)
            return Problems.Invalid("subject", "control-characters");
        var now = clock.GetUtcNow().InMicroseconds;
        if (!user.HasOfficial || await Authority.FindAsync(db, user.OfficialId, request.Kind!.Value, now, stop) is not { } authority)
            return Problems.Conflict("authority-missing");
        // What has not begun has reached nobody.
        if (request.CorrectsId is { } corrected && !await db.ReadableBy(user).AnyAsync(b => b.Id == corrected && b.StartedAt != null, stop))
            return Problems.Invalid("correctsId", "broadcast-unknown");

        var broadcast = new BroadcastMessage
        {
            Id = Guid.CreateVersion7(now),
            Kind = request.Kind.Value,
            State = BroadcastState.Draft,
            IsEmergency = request.IsEmergency,
            OriginatorId = user.OfficialId,
            OriginatorBasis = authority.Basis,
            LetterId = authority.LetterId,
            Subject = request.Subject.Normalize().Trim(),
            Request = request.Text,
            CorrectsId = request.CorrectsId,
            CreatedBy = user.Actor,
            CreatedAt = now,
            ChangedAt = now,
            Version = 1,
        };
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        db.Add(broadcast);
        db.Record(broadcast, nameof(RequestBroadcast), user.Actor, now, new { basis = authority.Basis, letterId = authority.LetterId, by = user.OfficialId });
        await db.SaveChangesAsync(stop);
        // Its number is known only now.
        db.TellResponsible(broadcast, request.IsEmergency ? "broadcast.requested-emergency" : "broadcast.requested", now, user.OfficialId);
        await db.SaveChangesAsync(stop);
        await db.Entry(broadcast).Reference(b => b.Originator).LoadAsync(stop);
        await transaction.CommitAsync(stop);
        Requested(log, broadcast.Number, broadcast.Kind, authority.Basis);
        return TypedResults.Created($"/api/broadcasts/{broadcast.Id}", BroadcastItem.Of.Compile()(broadcast));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Broadcast {BroadcastNumber} was asked for: {Kind}, by authority of {Basis}")]
    private static partial void Requested(ILogger log, long broadcastNumber, BroadcastKind kind, OriginatorBasis basis);
}
