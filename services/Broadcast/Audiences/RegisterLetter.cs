using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>The Administrator records who may originate broadcasts by whose written authority (KOR 6a, 8, 10b). A letter is never changed: a wrong one is revoked, and recorded anew.</summary>
internal static class RegisterLetter
{
    /// <summary>Whatever fits on one line.</summary>
    internal const string Line = @"^\P{C}*[^\s\p{C}]\P{C}*$";

    private const string Once = "authorization_letter_once";

    /// <summary>No authority outlives the term of whoever gave it.</summary>
    private const int LongestYears = 5;

    /// <param name="OfficialId">Who may originate.</param>
    /// <param name="GrantedByOfficialId">Mayor or Regional Secretary when it begins, or today where that is later on.</param>
    /// <param name="Reference">Number of the letter, of paper or of the e-office.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="ValidFrom">Since when.</param>
    /// <param name="ValidTo">First instant that no longer counts; five years after the start at most.</param>
    /// <param name="Kinds">Of broadcast; left out: every kind.</param>
    /// <param name="UnitIds">Recipients come from these and below; left out: from the whole city.</param>
    /// <param name="Document">The scanned letter as base64: PDF, JPEG or PNG of 2 MiB at most. Left out where the reference is the e-office's.</param>
    public sealed record Request(
        [Required] Guid? OfficialId,
        [Required] Guid? GrantedByOfficialId,
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(Line)] string Reference,
        [Required, StringLength(200, MinimumLength = 1), RegularExpression(Line)] string Subject,
        [Required] DateTimeOffset? ValidFrom,
        [Required] DateTimeOffset? ValidTo,
        [MaxLength(5)] IReadOnlyList<BroadcastKind>? Kinds = null,
        [MaxLength(50)] IReadOnlyList<Guid>? UnitIds = null,
        byte[]? Document = null);

    public static void Map(RouteGroupBuilder letters) => letters.MapPost("/", Handle)
        .WithName(nameof(RegisterLetter)).WithSummary("Records a written authority to originate broadcasts").WithMetadata(new RequestSizeLimitAttribute(2 * ScannedLetter.Largest))
        .RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    private static async Task<Results<Created<ListLetters.Item>, ProblemHttpResult>> Handle(
        Request request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        var (from, to) = (request.ValidFrom!.Value.ToUniversalTime().InMicroseconds, request.ValidTo!.Value.ToUniversalTime().InMicroseconds);
        if (to <= from || to <= now || from < to.AddYears(-LongestYears))
            return Problems.Invalid("validTo", "letter-period");
        if (request.Document is { } scan && (scan.Length > ScannedLetter.Largest || ScannedLetter.TypeOf(scan) is null))
            return Problems.Invalid("document", "letter-document");
        if (await CheckAudience.HasUnknownOfficialAsync(db, [request.OfficialId!.Value], stop))
            return Problems.Invalid("officialId", "official-not-registered");
        if (request.OfficialId == request.GrantedByOfficialId
            || await Authority.BasisAsync(db, request.GrantedByOfficialId!.Value, from < now ? from : now, stop) is not { } basis)
            return Problems.Invalid("grantedByOfficialId", "letter-granter");
        List<Guid> units = [.. (request.UnitIds ?? []).Distinct()];
        if (await db.Units.CountAsync(unit => units.Contains(unit.Id) && unit.ClosedAt == null, stop) != units.Count)
            return Problems.Invalid("unitIds", "unit-unknown");

        var letter = new AuthorizationLetter
        {
            Id = Guid.CreateVersion7(now),
            OfficialId = request.OfficialId.Value,
            GrantedByOfficialId = request.GrantedByOfficialId.Value,
            GrantedAs = basis,
            Reference = request.Reference.Trim(),
            Subject = request.Subject.Trim(),
            Kinds = [.. (request.Kinds ?? []).Distinct().Select(kind => kind.ToString())],
            UnitIds = units,
            ValidFrom = from,
            ValidTo = to,
            Document = request.Document,
            DocumentType = request.Document is { } document ? ScannedLetter.TypeOf(document) : null,
            DocumentSha256 = request.Document is null ? null : SHA256.HashData(request.Document),
            RegisteredBy = http.User.Actor,
            RegisteredAt = now,
            Version = 1,
        };
        db.Add(letter);
        db.WriteToAuditTrail(http, nameof(RegisterLetter), ("AuthorizationLetter", letter.Id), details: letter.Reference);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(Once))
        {
            return Problems.Conflict("letter-registered");
        }

        return TypedResults.Created($"/api/broadcasts/letters/{letter.Id}", ListLetters.ToItem.Compile()(letter));
    }
}
