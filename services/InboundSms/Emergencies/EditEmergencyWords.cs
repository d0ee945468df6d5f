using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

/// <summary>The words of a unit that raise its cases, beside those that hold for all; kept by the secretariat.</summary>
internal static partial class EditEmergencyWords
{
    private const string Once = "emergency_word_once";

    /// <param name="UnitId">Whose cases.</param>
    /// <param name="Word">One word, or several that stand one behind the other; capitals do not matter.</param>
    public sealed record Request([Required] Guid? UnitId, [Required, StringLength(60, MinimumLength = 2)] string Word);

    /// <param name="Id">Of the entry.</param>
    /// <param name="UnitId">Whose cases.</param>
    /// <param name="Word">In upper case.</param>
    /// <param name="AddedAt">Since when.</param>
    public sealed record Item(Guid Id, Guid UnitId, string Word, DateTimeOffset AddedAt);

    public static void Map(RouteGroupBuilder words)
    {
        words.MapGet("/", ListAsync).WithName("ListEmergencyWords").WithSummary("Emergency words of the units, newest first; those of all are in the settings")
            .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem();
        words.MapPost("/", AddAsync).WithName("AddEmergencyWord").WithSummary("Adds an emergency word of a unit")
            .RequirePermission(Permissions.EditEmergencyWords).RequireFreshSignIn().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        words.MapDelete("/{id:guid}", RemoveAsync).WithName("RemoveEmergencyWord").WithSummary("Takes an emergency word away")
            .RequirePermission(Permissions.EditEmergencyWords).RequireFreshSignIn().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync(
        Guid? unit, [StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.EmergencyWords.AsNoTracking().Where(word => word.RemovedAt == null && (unit == null || word.UnitId == unit))
            .Where(word => word.AddedAt < before || (word.AddedAt == before && word.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(word => word.AddedAt).ThenByDescending(word => word.Id)
            .Select(word => new Item(word.Id, word.UnitId, word.Word, word.AddedAt)).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.AddedAt, last.Id)));
    }

    private static async Task<Results<Created<Item>, ProblemHttpResult>> AddAsync(
        Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<EmergencyWord> log, CancellationToken stop)
    {
        if (EmergencyWords.Spelled(request.Word) is not { Length: > 1 } spelled)
            return Problems.Invalid("word", "emergency-word");
        if (!await db.Units.AnyAsync(unit => unit.Id == request.UnitId, stop))
            return Problems.Invalid("unitId", "unit-unknown");
        var now = clock.GetUtcNow().InMicroseconds;
        var word = new EmergencyWord { Id = Guid.CreateVersion7(now), UnitId = request.UnitId!.Value, Word = spelled, AddedBy = user.Actor, AddedAt = now };
        db.Add(word);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(Once))
        {
            return Problems.Conflict("emergency-word-taken");
        }

        Added(log, word.Id, word.UnitId);
        return TypedResults.Created((string?)null, new Item(word.Id, word.UnitId, word.Word, word.AddedAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, ILogger<EmergencyWord> log, CancellationToken stop)
    {
        var (actor, now) = (user.Actor, clock.GetUtcNow());
        var isRemoved = await db.EmergencyWords.Where(word => word.Id == id && word.RemovedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(word => word.RemovedBy, actor).SetProperty(word => word.RemovedAt, now), stop);
        if (isRemoved == 0)
            return Problems.NotFound();
        Removed(log, id);
        return TypedResults.NoContent();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Emergency word {WordId} was added for unit {UnitId}")]
    private static partial void Added(ILogger log, Guid wordId, Guid unitId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Emergency word {WordId} was taken away")]
    private static partial void Removed(ILogger log, Guid wordId);
}
