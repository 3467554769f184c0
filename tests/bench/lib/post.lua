-- The order that wrk sends.
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer stub"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"orderType":"1","startOrderPostData":{"customerSiteName":"東京第1店","lineId":"CAF1234567890","lineAccessKey":"a1b2c3d4","products":[{"productCode":"1-1-1-1-1"}]}}'
