using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Templates;

/// <summary>Templates with what they say now, newest first.</summary>
internal static class ListTemplates
{
    internal sealed record Item
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required MessageKind Kind { get; init; }
        public required string Indonesian { get; init; }
        /// <summary>Null: Indonesian is sent.</summary>
        public required string? English { get; init; }
        public required string? SubjectIndonesian { get; init; }
        public required string? SubjectEnglish { get; init; }
        /// <summary>Values that an order must give.</summary>
        public required IReadOnlyList<string> Placeholders { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateTimeOffset? RetiredAt { get; init; }
        public required long Version { get; init; }

        public static Item Of(Template template, TemplateVersion text) => new()
        {
            Id = template.Id,
            Name = template.Name,
            Kind = text.IsEmail ? MessageKind.Email : MessageKind.Sms,
            Indonesian = text.Indonesian,
            English = text.English,
            SubjectIndonesian = text.SubjectIndonesian,
            SubjectEnglish = text.SubjectEnglish,
            Placeholders = [.. Wording.PlaceholdersOf(text.Indonesian + text.SubjectIndonesian).Order(StringComparer.Ordinal)],
            CreatedAt = template.CreatedAt,
            RetiredAt = template.RetiredAt,
            Version = template.Version,
        };
    }

    public static void Map(IEndpointRouteBuilder templates) => templates.MapGet("/", HandleAsync)
        .WithName(nameof(ListTemplates)).WithSummary("Templates, newest first").RequirePermission(Permissions.ReadTemplates).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        NotificationDb db, CancellationToken stop, bool retired = false, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await (
            from template in db.Templates.AsNoTracking()
            join text in db.TemplateVersions.AsNoTracking() on new { template.Id, template.Version } equals new { Id = text.TemplateId, text.Version }
            where (retired || template.RetiredAt == null)
                && (template.CreatedAt < before || (template.CreatedAt == before && template.Id.CompareTo(beforeId) < 0))
            orderby template.CreatedAt descending, template.Id descending
            select new { template, text }).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows.ConvertAll(row => Item.Of(row.template, row.text)), item => Paging.Cursor(item.CreatedAt, item.Id)));
    }
}
