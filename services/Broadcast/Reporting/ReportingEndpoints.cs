using ServiceDefaults.Documents;

namespace Broadcast.Reporting;

/// <summary>Reports of one broadcast and of a month, and the dossier.</summary>
internal static class ReportingEndpoints
{
    public static void AddReporting(this WebApplicationBuilder builder)
    {
        builder.AddPrinting();
        builder.Services.AddOptions<ReportingOptions>().BindConfiguration("Reporting").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<ProduceMonthlyReports>();
    }

    public static void MapReporting(this RouteGroupBuilder broadcasts)
    {
        GetReport.Map(broadcasts);
        GetDossier.Map(broadcasts);
        MonthlyReports.Map(broadcasts);
    }
}
