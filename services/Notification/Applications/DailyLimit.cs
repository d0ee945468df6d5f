using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Storage;
using ServiceDefaults;

namespace Notification.Applications;

/// <summary>How much of its day an application has used. The counter is part of the transaction that orders: two orders at once cannot both take the last place.</summary>
internal sealed class DailyLimit(IOptions<ApplicationOptions> options, CityTime city)
{
    public int Usual => options.Value.PerDay;

    public DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(city.Local(now).DateTime);

    /// <summary>Counts what is ordered, or says when to come again.</summary>
    public async Task<ProblemHttpResult?> TakeAsync(NotificationDb db, HttpContext http, Order order, DateTimeOffset now, CancellationToken stop)
    {
        var (application, isTest, count) = order;
        var today = Today(now);
        await db.Database.ExecuteSqlAsync(
            $"insert into sending_application (id, first_order_at) values ({application}, {now}) on conflict (id) do nothing", stop);
        var taken = await db.Database.ExecuteSqlAsync($"""
            insert into application_day as d (application_id, day, is_test, ordered)
            select id, {today}, {isTest}, {count} from sending_application where id = {application} and {count} <= coalesce(per_day, {Usual})
            on conflict (application_id, day, is_test) do update set ordered = d.ordered + excluded.ordered
            where d.ordered + excluded.ordered <= (select coalesce(per_day, {Usual}) from sending_application where id = {application})
            """, stop);
        if (taken == 1)
            return null;
        http.Response.Headers.RetryAfter = Math.Ceiling((city.StartOf(today.AddDays(1)) - now).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, "daily-limit");
    }

    internal readonly record struct Order(Guid Application, bool IsTest, int Count);
}
