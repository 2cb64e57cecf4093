import type { CatalogSnapshot } from "../catalog/index.js";
import { snapshotOf, type Declarations } from "./bind-fixture.js";

/** Columns of one type: `keys("a b")` is "a integer, b integer". */
const typed =
  (type: string) =>
  (names: string): string =>
    names
      .split(" ")
      .map((name) => `${name} ${type}`)
      .join(", ");
const keys = typed("integer");
const texts = typed("text");
const money = typed("numeric(7,2)");
const dates = typed("date");

const address = (prefix: string): string =>
  texts(
    "street_number street_name street_type suite_number city county state zip country"
      .split(" ")
      .map((name) => `${prefix}_${name}`)
      .join(" "),
  );

/** The tables of TPC-DS, without statistics. */
const TABLES: Declarations = {
  call_center: [
    keys("cc_call_center_sk cc_closed_date_sk cc_open_date_sk cc_employees cc_sq_ft cc_mkt_id"),
    keys("cc_division cc_company"),
    texts("cc_call_center_id cc_name cc_class cc_hours cc_manager cc_mkt_class cc_mkt_desc"),
    texts("cc_market_manager cc_division_name cc_company_name"),
    dates("cc_rec_start_date cc_rec_end_date"),
    address("cc"),
    "cc_gmt_offset numeric(5,2), cc_tax_percentage numeric(5,2)",
  ].join(", "),
  catalog_page: [
    keys("cp_catalog_page_sk cp_start_date_sk cp_end_date_sk cp_catalog_number"),
    keys("cp_catalog_page_number"),
    texts("cp_catalog_page_id cp_department cp_description cp_type"),
  ].join(", "),
  catalog_returns: [
    keys("cr_returned_date_sk cr_returned_time_sk cr_item_sk cr_refunded_customer_sk"),
    keys("cr_refunded_cdemo_sk cr_refunded_hdemo_sk cr_refunded_addr_sk cr_returning_customer_sk"),
    keys("cr_returning_cdemo_sk cr_returning_hdemo_sk cr_returning_addr_sk cr_call_center_sk"),
    keys("cr_catalog_page_sk cr_ship_mode_sk cr_warehouse_sk cr_reason_sk cr_order_number"),
    keys("cr_return_quantity"),
    money("cr_return_amount cr_return_tax cr_return_amt_inc_tax cr_fee cr_return_ship_cost"),
    money("cr_refunded_cash cr_reversed_charge cr_store_credit cr_net_loss"),
  ].join(", "),
  catalog_sales: [
    keys("cs_sold_date_sk cs_sold_time_sk cs_ship_date_sk cs_bill_customer_sk cs_bill_cdemo_sk"),
    keys("cs_bill_hdemo_sk cs_bill_addr_sk cs_ship_customer_sk cs_ship_cdemo_sk cs_ship_hdemo_sk"),
    keys("cs_ship_addr_sk cs_call_center_sk cs_catalog_page_sk cs_ship_mode_sk cs_warehouse_sk"),
    keys("cs_item_sk cs_promo_sk cs_order_number cs_quantity"),
    money("cs_wholesale_cost cs_list_price cs_sales_price cs_ext_discount_amt cs_ext_sales_price"),
    money("cs_ext_wholesale_cost cs_ext_list_price cs_ext_tax cs_coupon_amt cs_ext_ship_cost"),
    money("cs_net_paid cs_net_paid_inc_tax cs_net_paid_inc_ship cs_net_paid_inc_ship_tax"),
    money("cs_net_profit"),
  ].join(", "),
  customer: [
    keys("c_customer_sk c_current_cdemo_sk c_current_hdemo_sk c_current_addr_sk"),
    keys("c_first_shipto_date_sk c_first_sales_date_sk c_birth_day c_birth_month c_birth_year"),
    keys("c_last_review_date_sk"),
    texts("c_customer_id c_salutation c_first_name c_last_name c_preferred_cust_flag"),
    texts("c_birth_country c_login c_email_address"),
  ].join(", "),
  customer_address: [
    keys("ca_address_sk"),
    texts("ca_address_id ca_location_type"),
    address("ca"),
    "ca_gmt_offset numeric(5,2)",
  ].join(", "),
  customer_demographics: [
    keys("cd_demo_sk cd_purchase_estimate cd_dep_count cd_dep_employed_count cd_dep_college_count"),
    texts("cd_gender cd_marital_status cd_education_status cd_credit_rating"),
  ].join(", "),
  date_dim: [
    keys("d_date_sk d_month_seq d_week_seq d_quarter_seq d_year d_dow d_moy d_dom d_qoy d_fy_year"),
    keys("d_fy_quarter_seq d_fy_week_seq d_first_dom d_last_dom d_same_day_ly d_same_day_lq"),
    dates("d_date"),
    texts("d_date_id d_day_name d_quarter_name d_holiday d_weekend d_following_holiday"),
    texts("d_current_day d_current_week d_current_month d_current_quarter d_current_year"),
  ].join(", "),
  household_demographics: [
    keys("hd_demo_sk hd_income_band_sk hd_dep_count hd_vehicle_count"),
    texts("hd_buy_potential"),
  ].join(", "),
  income_band: keys("ib_income_band_sk ib_lower_bound ib_upper_bound"),
  inventory: keys("inv_date_sk inv_item_sk inv_warehouse_sk inv_quantity_on_hand"),
  item: [
    keys("i_item_sk i_brand_id i_class_id i_category_id i_manufact_id i_manager_id"),
    texts("i_item_id i_item_desc i_brand i_class i_category i_manufact i_size i_formulation"),
    texts("i_color i_units i_container i_product_name"),
    dates("i_rec_start_date i_rec_end_date"),
    money("i_current_price i_wholesale_cost"),
  ].join(", "),
  promotion: [
    keys("p_promo_sk p_start_date_sk p_end_date_sk p_item_sk p_response_target"),
    texts("p_promo_id p_promo_name p_channel_dmail p_channel_email p_channel_catalog p_channel_tv"),
    texts("p_channel_radio p_channel_press p_channel_event p_channel_demo p_channel_details"),
    texts("p_purpose p_discount_active"),
    "p_cost numeric(15,2)",
  ].join(", "),
  reason: [keys("r_reason_sk"), texts("r_reason_id r_reason_desc")].join(", "),
  ship_mode: [
    keys("sm_ship_mode_sk"),
    texts("sm_ship_mode_id sm_type sm_code sm_carrier sm_contract"),
  ].join(", "),
  store: [
    keys("s_store_sk s_closed_date_sk s_number_employees s_floor_space s_market_id s_division_id"),
    keys("s_company_id"),
    texts("s_store_id s_store_name s_hours s_manager s_geography_class s_market_desc"),
    texts("s_market_manager s_division_name s_company_name"),
    dates("s_rec_start_date s_rec_end_date"),
    address("s"),
    "s_gmt_offset numeric(5,2), s_tax_precentage numeric(5,2)",
  ].join(", "),
  store_returns: [
    keys("sr_returned_date_sk sr_return_time_sk sr_item_sk sr_customer_sk sr_cdemo_sk sr_hdemo_sk"),
    keys("sr_addr_sk sr_store_sk sr_reason_sk sr_ticket_number sr_return_quantity"),
    money("sr_return_amt sr_return_tax sr_return_amt_inc_tax sr_fee sr_return_ship_cost"),
    money("sr_refunded_cash sr_reversed_charge sr_store_credit sr_net_loss"),
  ].join(", "),
  store_sales: [
    keys("ss_sold_date_sk ss_sold_time_sk ss_item_sk ss_customer_sk ss_cdemo_sk ss_hdemo_sk"),
    keys("ss_addr_sk ss_store_sk ss_promo_sk ss_ticket_number ss_quantity"),
    money("ss_wholesale_cost ss_list_price ss_sales_price ss_ext_discount_amt ss_ext_sales_price"),
    money("ss_ext_wholesale_cost ss_ext_list_price ss_ext_tax ss_coupon_amt ss_net_paid"),
    money("ss_net_paid_inc_tax ss_net_profit"),
  ].join(", "),
  time_dim: [
    keys("t_time_sk t_time t_hour t_minute t_second"),
    texts("t_time_id t_am_pm t_shift t_sub_shift t_meal_time"),
  ].join(", "),
  warehouse: [
    keys("w_warehouse_sk w_warehouse_sq_ft"),
    texts("w_warehouse_id w_warehouse_name"),
    address("w"),
    "w_gmt_offset numeric(5,2)",
  ].join(", "),
  web_page: [
    keys("wp_web_page_sk wp_creation_date_sk wp_access_date_sk wp_customer_sk wp_char_count"),
    keys("wp_link_count wp_image_count wp_max_ad_count"),
    texts("wp_web_page_id wp_autogen_flag wp_url wp_type"),
    dates("wp_rec_start_date wp_rec_end_date"),
  ].join(", "),
  web_returns: [
    keys("wr_returned_date_sk wr_returned_time_sk wr_item_sk wr_refunded_customer_sk"),
    keys("wr_refunded_cdemo_sk wr_refunded_hdemo_sk wr_refunded_addr_sk wr_returning_customer_sk"),
    keys("wr_returning_cdemo_sk wr_returning_hdemo_sk wr_returning_addr_sk wr_web_page_sk"),
    keys("wr_reason_sk wr_order_number wr_return_quantity"),
    money("wr_return_amt wr_return_tax wr_return_amt_inc_tax wr_fee wr_return_ship_cost"),
    money("wr_refunded_cash wr_reversed_charge wr_account_credit wr_net_loss"),
  ].join(", "),
  web_sales: [
    keys("ws_sold_date_sk ws_sold_time_sk ws_ship_date_sk ws_item_sk ws_bill_customer_sk"),
    keys("ws_bill_cdemo_sk ws_bill_hdemo_sk ws_bill_addr_sk ws_ship_customer_sk ws_ship_cdemo_sk"),
    keys("ws_ship_hdemo_sk ws_ship_addr_sk ws_web_page_sk ws_web_site_sk ws_ship_mode_sk"),
    keys("ws_warehouse_sk ws_promo_sk ws_order_number ws_quantity"),
    money("ws_wholesale_cost ws_list_price ws_sales_price ws_ext_discount_amt ws_ext_sales_price"),
    money("ws_ext_wholesale_cost ws_ext_list_price ws_ext_tax ws_coupon_amt ws_ext_ship_cost"),
    money("ws_net_paid ws_net_paid_inc_tax ws_net_paid_inc_ship ws_net_paid_inc_ship_tax"),
    money("ws_net_profit"),
  ].join(", "),
  web_site: [
    keys("web_site_sk web_open_date_sk web_close_date_sk web_mkt_id web_company_id"),
    texts("web_site_id web_name web_class web_manager web_mkt_class web_mkt_desc"),
    texts("web_market_manager web_company_name"),
    dates("web_rec_start_date web_rec_end_date"),
    address("web"),
    "web_gmt_offset numeric(5,2), web_tax_percentage numeric(5,2)",
  ].join(", "),
};

export function tpcdsSnapshot(): CatalogSnapshot {
  return snapshotOf(TABLES);
}
