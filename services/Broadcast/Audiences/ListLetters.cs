using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>Letters of authority, the last registered first.</summary>
internal static class ListLetters
{
    /// <param name="Id">Of the letter.</param>
    /// <param name="OfficialId">Who may originate.</param>
    /// <param name="GrantedByOfficialId">Who gave the authority.</param>
    /// <param name="GrantedAs">In which office.</param>
    /// <param name="Reference">Its number.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Kinds">Of broadcast; empty: every kind.</param>
    /// <param name="UnitIds">Recipients come from these and below; empty: from the whole city.</param>
    /// <param name="ValidFrom">Since when.</param>
    /// <param name="ValidTo">First instant that no longer counts.</param>
    /// <param name="DocumentType">Of the scanned letter; null: there is none.</param>
    /// <param name="DocumentSha256">Of its bytes.</param>
    /// <param name="RegisteredBy">Account.</param>
    /// <param name="RegisteredAt">When.</param>
    /// <param name="RevokedAt">It counts no more.</param>
    /// <param name="RevokedBy">Account.</param>
    /// <param name="RevokedReason">Why.</param>
    /// <param name="Version">For a change.</param>
    public sealed record Item(
        Guid Id, Guid OfficialId, Guid GrantedByOfficialId, OriginatorBasis GrantedAs, string Reference, string Subject, IReadOnlyList<string> Kinds, IReadOnlyList<Guid> UnitIds,
        DateTimeOffset ValidFrom, DateTimeOffset ValidTo, string? DocumentType, byte[]? DocumentSha256, string RegisteredBy, DateTimeOffset RegisteredAt,
        DateTimeOffset? RevokedAt, string? RevokedBy, string? RevokedReason, long Version);

    internal static readonly Expression<Func<AuthorizationLetter, Item>> ToItem = letter => new(
        letter.Id, letter.OfficialId, letter.GrantedByOfficialId, letter.GrantedAs, letter.Reference, letter.Subject, letter.Kinds, letter.UnitIds,
        letter.ValidFrom, letter.ValidTo, letter.DocumentType, letter.DocumentSha256, letter.RegisteredBy, letter.RegisteredAt,
        letter.RevokedAt, letter.RevokedBy, letter.RevokedReason, letter.Version);

    public static void Map(RouteGroupBuilder letters) => letters.MapGet("/", Handle)
        .WithName(nameof(ListLetters)).WithSummary("Letters of authority, the last registered first").RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();

    /// <param name="official">Whose.</param>
    /// <param name="inForce">Only those that count now.</param>
    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        Guid? official, bool? inForce, [StringLength(64)] string? cursor, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var letters = db.Letters.AsNoTracking().Where(letter => letter.RegisteredAt < before || (letter.RegisteredAt == before && letter.Id.CompareTo(beforeId) < 0));
        if (official is not null)
            letters = letters.Where(letter => letter.OfficialId == official);
        if (inForce is true)
            letters = letters.Where(letter => letter.RevokedAt == null && letter.ValidFrom <= now && now < letter.ValidTo);
        var rows = await letters.OrderByDescending(letter => letter.RegisteredAt).ThenByDescending(letter => letter.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.RegisteredAt, last.Id)));
    }
}
