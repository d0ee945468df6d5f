using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Claims;
using InboundSms.Receive;
using InboundSms.Routing;
using InboundSms.Storage;
using InboundSms.Submissions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.NationalPortal;

/// <summary>
/// Takes over complaints that citizens gave to the national portal (SP4N-LAPOR!). Each becomes a case like every other, in one save for all; the portal's number makes it one,
/// however often it is brought. Its answer goes back with the export, not by SMS.
/// </summary>
internal static class ImportFromPortal
{
    private const int MostCases = 50;

    /// <param name="TrackingId">The portal's number.</param>
    /// <param name="Text">The citizen's words.</param>
    /// <param name="SentAt">When he wrote them; our clock starts when they are here.</param>
    /// <param name="Classification">As the portal has it: Pengaduan, Aspirasi or Permintaan Informasi.</param>
    /// <param name="Keyword">Whom it is for; null: the secretariat's tray.</param>
    /// <param name="IsSecret">The portal's "rahasia": never published.</param>
    public sealed record Item(
        [Required, StringLength(64, MinimumLength = 1), RegularExpression("^[A-Za-z0-9._/-]+$")] string TrackingId,
        [Required, StringLength(1600, MinimumLength = 1)] string Text,
        DateTimeOffset? SentAt = null,
        [StringLength(24), RegularExpression("^(Pengaduan|Aspirasi|Permintaan Informasi)$")] string? Classification = null,
        [StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string? Keyword = null,
        bool IsSecret = false);

    /// <param name="Cases">1 to 50.</param>
    public sealed record Request([Required, MinLength(1), MaxLength(MostCases)] IReadOnlyList<Item> Cases);

    /// <param name="MessageId">Of the message.</param>
    /// <param name="CaseNumber">Ours, for the portal to keep.</param>
    /// <param name="IsDuplicate">It was here before; nothing changed.</param>
    public sealed record Taken(string TrackingId, Guid MessageId, long CaseNumber, bool IsDuplicate);

    public sealed record Response(IReadOnlyList<Taken> Cases);

    public static void Map(RouteGroupBuilder portal) => portal.MapPost("/cases", Handle)
        .WithName(nameof(ImportFromPortal)).WithSummary("Takes over complaints from the national portal; each once").RequirePermission(Permissions.ExchangeWithPortal)
        .RequireFreshSignIn().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var ids = request.Cases.Select(item => item.TrackingId).ToList();
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
            return Problems.Invalid("cases", "tracking-id-twice");
        var known = await db.PortalCases.Where(c => ids.Contains(c.TrackingId!)).ToDictionaryAsync(c => c.TrackingId!, c => c.MessageId, StringComparer.Ordinal, stop);
        var added = new Dictionary<string, Submission>(StringComparer.Ordinal);
        foreach (var (index, item) in request.Cases.Index().Where(entry => !known.ContainsKey(entry.Item.TrackingId)))
        {
            if (!item.Text.IsVisible)
                return Problems.Invalid(Field(index, "text"), "empty");
            var (addressee, field, code) = await Submissions.Submissions.AddresseeAsync(db, item.Keyword, positionId: null, now, stop);
            if (field is not null)
                return Problems.Invalid(Field(index, field), code);
            added.Add(item.TrackingId, Add(db, item, addressee, user.Actor, now));
        }

        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException raced) when (raced.IsUniqueViolation(Message.Once) || raced.IsUniqueViolation("portal_case_tracking_id_key"))
        {
            // Somebody brings the same at this moment, or the number is one of a case that the city handed over.
            return Problems.Conflict("changed-meanwhile");
        }

        var numbers = await db.Submissions.Where(s => known.Values.Contains(s.MessageId)).ToDictionaryAsync(s => s.MessageId, s => s.CaseNumber, stop);
        return TypedResults.Ok(new Response([.. ids.Select(id => added.TryGetValue(id, out var submission)
            ? new Taken(id, submission.MessageId, submission.CaseNumber, IsDuplicate: false)
            : new Taken(id, known[id], numbers.GetValueOrDefault(known[id]), IsDuplicate: true))]));
    }

    private static Submission Add(InboundSmsDb db, Item item, Addressee? addressee, string actor, DateTimeOffset now)
    {
        var received = ReceivedSms.Of(Channels.Portal, new("", item.TrackingId, "", "", item.Text, item.SentAt?.ToUniversalTime(), Submissions.Submissions.Raw(item)), now);
        db.Add(new PortalCase { MessageId = received.Id, Direction = PortalDirection.FromPortal, TrackingId = item.TrackingId, At = now.InMicroseconds, Actor = actor });
        return db.AddSubmission(received, new()
        {
            MessageId = received.Id,
            PositionId = addressee?.PositionId,
            Keyword = addressee?.Keyword,
            Class = Classification.ToClass(item.Classification),
            IsSecret = item.IsSecret,
            EnteredBy = actor,
            // Nobody is told a code: who wrote reads the answer at the portal.
            ReceiptCodeHash = ReceiptCode.HashOf(ReceiptCode.New()),
        });
    }

    private static string Field(int index, string name) => string.Create(CultureInfo.InvariantCulture, $"cases[{index}].{name}");
}
