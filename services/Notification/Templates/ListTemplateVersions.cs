using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Notification.Templates;

/// <summary>What a template has said, newest first: a message names the version that it was written with.</summary>
internal static class ListTemplateVersions
{
    internal sealed record Item(
        long Version, string Indonesian, string? English, string? SubjectIndonesian, string? SubjectEnglish, DateTimeOffset WrittenAt, string WrittenBy);

    public static void Map(IEndpointRouteBuilder templates) => templates.MapGet("/{id:guid}/versions", HandleAsync)
        .WithName(nameof(ListTemplateVersions)).WithSummary("Versions of a template, newest first")
        .RequirePermission(Permissions.ReadTemplates).ProducesValidationProblem();

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid id, NotificationDb db, CancellationToken stop, [StringLength(64)] string? cursor = null)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out _))
            return Problems.Invalid(nameof(cursor), "cursor");
        // Versions follow one another in time; the cursor's id plays no part.
        var items = await db.TemplateVersions.AsNoTracking().Where(version => version.TemplateId == id && version.WrittenAt < before)
            .OrderByDescending(version => version.Version).Take(Paging.PageSize + 1)
            .Select(version => new Item(version.Version, version.Indonesian, version.English, version.SubjectIndonesian, version.SubjectEnglish, version.WrittenAt, version.WrittenBy))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.WrittenAt, id)));
    }
}
