using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Broadcast.Requests;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Wording;

/// <summary>Texts that the Administrator begins a wording with; one that is not used any more is retired and can come back.</summary>
public static class BroadcastTemplates
{
    private const string NameTaken = "broadcast_template_name_key";

    /// <param name="Name">What it is found by.</param>
    /// <param name="Kind">Of broadcast.</param>
    /// <param name="Text">With placeholders.</param>
    public sealed record CreateRequest(
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(RequestBroadcast.Line)] string Name,
        [Required] BroadcastKind? Kind,
        [Required, StringLength(BroadcastText.Longest, MinimumLength = 1)] string Text);

    /// <param name="Version">As last seen.</param>
    /// <param name="Name">What it is found by.</param>
    /// <param name="Kind">Of broadcast.</param>
    /// <param name="Text">With placeholders.</param>
    /// <param name="Retired">It is not offered any more.</param>
    public sealed record EditRequest(
        [Required] long? Version,
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(RequestBroadcast.Line)] string Name,
        [Required] BroadcastKind? Kind,
        [Required, StringLength(BroadcastText.Longest, MinimumLength = 1)] string Text,
        bool Retired = false);

    internal sealed record Item(Guid Id, string Name, BroadcastKind Kind, string Text, DateTimeOffset CreatedAt, DateTimeOffset? RetiredAt, long Version);

    private static Expression<Func<BroadcastTemplate, Item>> ToItem { get; } = t => new(t.Id, t.Name, t.Kind, t.Text, t.CreatedAt, t.RetiredAt, t.Version);

    internal static void Map(RouteGroupBuilder broadcasts)
    {
        var templates = broadcasts.MapGroup("/templates");
        templates.MapGet("/", ListAsync).WithName("ListBroadcastTemplates").WithSummary("Templates of broadcasts, newest first")
            .RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();
        templates.MapPost("/", CreateAsync).WithName("CreateBroadcastTemplate").WithSummary("Writes a template of broadcasts").RequirePermission(Permissions.WordBroadcasts)
            .RequireFreshSignIn().AcceptIdempotencyKey().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        templates.MapPut("/{id:guid}", EditAsync).WithName("EditBroadcastTemplate").WithSummary("Changes a template, retires it, brings it back")
            .RequirePermission(Permissions.WordBroadcasts).RequireFreshSignIn().ShowsCurrent(ToItem).ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync(
        BroadcastDb db, CancellationToken stop, bool retired = false, BroadcastKind? kind = null, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.Templates.AsNoTracking().Where(t => (retired || t.RetiredAt == null) && (kind == null || t.Kind == kind)
                && (t.CreatedAt < before || (t.CreatedAt == before && t.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.CreatedAt, last.Id)));
    }

    private static async Task<Results<Created<Item>, ProblemHttpResult>> CreateAsync(
        CreateRequest request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (BroadcastText.Refuse("text", request.Text, out var text) is { } refusal)
            return refusal;
        var now = clock.GetUtcNow().InMicroseconds;
        var template = new BroadcastTemplate
        {
            Id = Guid.CreateVersion7(now),
            Name = request.Name.Trim(),
            Kind = request.Kind!.Value,
            Text = text,
            CreatedBy = http.User.Actor,
            CreatedAt = now,
            Version = 1,
        };
        db.Add(template);
        db.WriteToAuditTrail(http, "CreateBroadcastTemplate", ("BroadcastTemplate", template.Id), details: template.Name);
        return await SaveAsync(db, stop) is { } taken ? taken : TypedResults.Created((string?)null, ToItem.Compile()(template));
    }

    private static async Task<Results<Ok<Item>, ProblemHttpResult>> EditAsync(
        Guid id, EditRequest request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        if (BroadcastText.Refuse("text", request.Text, out var text) is { } refusal)
            return refusal;
        if (await db.Templates.SingleOrDefaultAsync(t => t.Id == id, stop) is not { } template)
            return Problems.NotFound();
        if (template.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        (template.Name, template.Kind, template.Text) = (request.Name.Trim(), request.Kind!.Value, text);
        template.RetiredAt = request.Retired ? template.RetiredAt ?? clock.GetUtcNow().InMicroseconds : null;
        template.Version++;
        db.WriteToAuditTrail(http, "EditBroadcastTemplate", ("BroadcastTemplate", id), details: FormattableString.Invariant($"{template.Name}, version {template.Version}"));
        return await SaveAsync(db, stop) is { } taken ? taken : TypedResults.Ok(ToItem.Compile()(template));
    }

    private static async Task<ProblemHttpResult?> SaveAsync(BroadcastDb db, CancellationToken stop)
    {
        try
        {
            await db.SaveChangesAsync(stop);
            return null;
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(NameTaken))
        {
            return Problems.Conflict("name-taken");
        }
    }
}
