using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using System.Security.Claims;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Answering;

/// <summary>Answer templates of the caller's units, newest first; for a message filled in, as they would go out.</summary>
internal static class ListAnswerTemplates
{
    /// <param name="Id">Of the template.</param>
    /// <param name="UnitId">Whose it is.</param>
    /// <param name="Title">What the unit calls it.</param>
    /// <param name="Text">With its placeholders.</param>
    /// <param name="Length">With usual values in their places.</param>
    /// <param name="Version">To go on from.</param>
    /// <param name="CreatedAt">When it was made.</param>
    public sealed record Item(Guid Id, Guid UnitId, string Title, string Text, SmsLength Length, long Version, DateTimeOffset CreatedAt);

    internal static Expression<Func<AnswerTemplate, Item>> ToItem { get; } = template => new(template.Id, template.UnitId, template.Title, template.Text,
        SmsLength.Of(TemplateText.Sample(template.Text)), template.Version, template.CreatedAt);

    public static void Map(IEndpointRouteBuilder templates) => templates.MapGet("/", Handle)
        .WithName(nameof(ListAnswerTemplates)).WithSummary("Answer templates of the caller's units; with a message, filled in for it")
        .RequirePermission(Permissions.ReadMessages).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        Guid? message, [StringLength(64)] string? cursor, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var now = clock.GetUtcNow();
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        var units = db.UnitsOf(official, now);
        var items = await db.AnswerTemplates.AsNoTracking()
            .Where(template => units.Contains(template.UnitId) && (template.CreatedAt < before || (template.CreatedAt == before && template.Id.CompareTo(beforeId) < 0)))
            .OrderByDescending(template => template.CreatedAt).ThenByDescending(template => template.Id).Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        if (message is { } id)
        {
            if (await db.AnswerableBy(official, now).OfMessage(db, id).AsNoTracking().SingleOrDefaultAsync(stop) is not { } smsCase)
                return Problems.NotFound();
            items = items.ConvertAll(item => TemplateText.Fill(item.Text, smsCase) is var text ? item with { Text = text, Length = SmsLength.Of(text) } : item);
        }

        return TypedResults.Ok(Paging.PageOf(items, last => Paging.Cursor(last.CreatedAt, last.Id)));
    }
}
