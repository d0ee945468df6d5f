using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.SignIn;
using Shouldly;

namespace Testing;

/// <summary>What holds for every endpoint of every service.</summary>
public static class EndpointRules
{
    /// <summary>Each endpoint names one permission of the table, and is held to that and nothing else.</summary>
    public static void ShouldDenyByDefault(IServiceProvider service)
    {
        foreach (var endpoint in service.GetRequiredService<EndpointDataSource>().Endpoints)
        {
            var permission = endpoint.Metadata.GetOrderedMetadata<Permission>().ShouldHaveSingleItem(endpoint.DisplayName);
            Permissions.All.ShouldContain(permission, endpoint.DisplayName);
            (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null).ShouldBe(permission.Anybody, endpoint.DisplayName);
            endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy)
                .ShouldBe(permission.Anybody ? [] : [permission.Name], endpoint.DisplayName);
        }
    }
}
